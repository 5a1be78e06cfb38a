// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/resource.hpp>

#include <map>
#include <string>

namespace {

using weft::Attribute;
using weft::AttributeValue;
using weft::Resource;

TEST(Resource, IsEmptyByDefault) {
  const Resource resource;
  EXPECT_TRUE(resource.empty());
  EXPECT_EQ(resource.schema_url(), "");
}

TEST(Resource, KeepsValuesOfEveryType) {
  const Resource resource({{"text", "a"}, {"number", 7}, {"flag", true}, {"real", 0.5}});
  EXPECT_EQ(*resource.find("text"), "a");
  EXPECT_EQ(*resource.find("number"), 7);
  EXPECT_EQ(*resource.find("flag"), true);
  EXPECT_EQ(*resource.find("real"), 0.5);
}

TEST(Resource, FindsNothingForAnUnknownKey) { EXPECT_EQ(Resource({{"a", 1}}).find("b"), nullptr); }

TEST(Resource, KeepsTheOrderOfFirstAppearanceAndTheLastValue) {
  const Resource resource({{"a", 1}, {"b", 2}, {"a", 3}});
  EXPECT_EQ(resource.attributes(), (std::vector<Attribute>{{"a", 3}, {"b", 2}}));
}

TEST(Resource, IsMadeFromAMap) {
  const std::map<std::string, std::string> attributes{{"a", "1"}, {"b", "2"}};
  EXPECT_EQ(Resource(attributes).attributes(), (std::vector<Attribute>{{"a", "1"}, {"b", "2"}}));
}

TEST(Resource, MergingLetsTheUpdatingValueWin) {
  const Resource merged = Resource({{"a", 1}, {"b", 2}}).merge(Resource({{"b", 3}, {"c", 4}}));
  EXPECT_EQ(merged.attributes(), (std::vector<Attribute>{{"a", 1}, {"b", 3}, {"c", 4}}));
}

TEST(Resource, MergingTakesAnEmptyValueToo) {
  EXPECT_EQ(*Resource({{"a", "x"}}).merge(Resource({{"a", ""}})).find("a"), "");
}

TEST(Resource, MergingChangesNeitherSide) {
  const Resource one({{"a", 1}});
  const Resource other({{"a", 2}});
  EXPECT_EQ(*one.merge(other).find("a"), 2);
  EXPECT_EQ(*one.find("a"), 1);
}

// OpenTelemetry Resource SDK, "Merge": the table of schema URLs.
TEST(Resource, MergingSchemaUrlsTakesTheOneThereIs) {
  EXPECT_EQ(Resource({{"a", 1}}, "x").merge(Resource()).schema_url(), "x");
  EXPECT_EQ(Resource().merge(Resource({{"a", 1}}, "y")).schema_url(), "y");
  EXPECT_EQ(Resource({{"a", 1}}, "x").merge(Resource({{"b", 1}}, "x")).schema_url(), "x");
}

TEST(Resource, MergingTwoDifferentSchemaUrlsLeavesNone) {
  const Resource merged = Resource({{"a", 1}}, "x").merge(Resource({{"b", 1}}, "y"));
  EXPECT_EQ(merged.schema_url(), "");
  EXPECT_EQ(merged.attributes().size(), 2U);
}

}  // namespace
