// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/support.hpp"
#include "wildcard.hpp"

namespace {

using weft::AttributeValue;
using weft::config::matches;
using weft::testing::FileCase;
using weft::testing::with_format;

FileCase resource(std::string_view text) {
  return FileCase(with_format("resource:\n" + std::string(text)));
}

TEST(FileResource, HasAttributesOfEveryType) {
  const FileCase file = resource(
      "  attributes:\n    - {name: a, value: text}\n    - {name: b, value: true, type: bool}\n"
      "    - {name: c, value: 3, type: int}\n    - {name: d, value: 4, type: double}\n"
      "    - {name: e, value: [x, y], type: string_array}\n"
      "    - {name: f, value: [1, 2], type: int_array}\n"
      "  schema_url: https://example.org/1\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  const weft::Resource& made = file.configured->resource;
  EXPECT_EQ(*made.find("a"), "text");
  EXPECT_EQ(*made.find("b"), true);
  EXPECT_EQ(*made.find("c"), 3);
  EXPECT_EQ(*made.find("d"), 4.0);
  EXPECT_EQ(std::get<AttributeValue::Array>(*made.find("e")).size(), 2U);
  EXPECT_EQ(std::get<AttributeValue::Array>(*made.find("f"))[1], 2);
  EXPECT_EQ(made.schema_url(), "https://example.org/1");
}

TEST(FileResource, RefusesAValueThatIsNotOfItsType) {
  const FileCase file = resource("  attributes:\n    - {name: a, value: 1}\n");
  EXPECT_EQ(file.configured->resource.find("a"), nullptr);
  EXPECT_EQ(file.error(),
            "weft.yaml:4: resource.attributes.a=\"1\" is not of the type string (write it in "
            "quotes, or name its type); it is left out");
}

TEST(FileResource, TakesAListAsTheVariableIsWritten) {
  const FileCase file = resource("  attributes_list: a=1,b=%20\n");
  EXPECT_EQ(file.variable("OTEL_RESOURCE_ATTRIBUTES"), "a=1,b=%20");
}

TEST(FileResource, RunsTheDetectorsThatItNamesAlone) {
  const FileCase file = resource(
      "  detection/development:\n    attributes: {included: [\"process.*\"], excluded: "
      "[\"process.executable.pat?\"]}\n    detectors: [{process: }, {host: }]\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.variable("WEFT_RESOURCE_DETECTORS"), "process,host");
  EXPECT_TRUE(file.configured->admits("process.pid"));
  EXPECT_FALSE(file.configured->admits("process.executable.path"));
  EXPECT_FALSE(file.configured->admits("host.name"));
}

TEST(FileResource, WithoutDetectionRunsNone) {
  EXPECT_EQ(resource("  schema_url:\n").variable("WEFT_RESOURCE_DETECTORS"), "none");
}

TEST(Wildcard, Table) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abbbc"));
  EXPECT_TRUE(matches("a*b*c", "axbxbxc"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_TRUE(matches("abc", "abc"));
  EXPECT_TRUE(matches("a*", "a*b"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_FALSE(matches("abc", "abcd"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_FALSE(matches("*a", "ab"));
}

}  // namespace
