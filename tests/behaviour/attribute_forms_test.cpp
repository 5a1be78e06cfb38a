// SPDX-License-Identifier: Apache-2.0
// What an attribute's value may be made from, beside api.md's own list.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;
using List = std::vector<weft::Attribute>;
using Array = weft::AttributeValue::Array;
using Map = weft::AttributeValue::Map;

enum class Colour : std::uint8_t { red = 1, blue = 200 };
enum class Answer : bool { no, yes };
enum Level { low = 3 };

struct AttributeForms : testing::Test {
  Recorded recorded;

  /// What a span has when `set` has set its attributes.
  template <class Set>
  List given(Set set) {
    {
      auto span = tracer.start("given");
      set(span);
    }
    const weft::SpanData span = recorded.span("given");
    EXPECT_EQ(span.dropped_attributes_count, 0U);
    return span.attributes;
  }
};

TEST_F(AttributeForms, AnOptionalIsWhatItHolds) {
  const List attributes = given([](weft::Span& span) {
    span.set_attribute("number", std::optional<int>(5));
    span.set_attribute("text", std::optional<std::string>("held"));
    span.set_attribute("texts", std::optional(std::vector<std::string>{"a", "b"}));
    span.set_attribute("inner", std::optional(std::optional<bool>(true)));
  });
  EXPECT_EQ(attributes,
            (List{{"number", 5}, {"text", "held"}, {"texts", Array{"a", "b"}}, {"inner", true}}));
}

TEST_F(AttributeForms, AnOptionalWithoutAValueIsLeftOut) {
  const std::optional<std::string> none;
  const std::map<std::string, std::optional<int>> some{{"a", 1}, {"b", std::nullopt}};
  {
    auto span = tracer.start("given", {{"one", 1}, {"none", none}});
    span.set_attribute("none", none);
    span.set_attributes({{"none", none}, {"two", 2}});
    span.set_attributes(some);
    span.set_attribute("map", some);
    span.set_attribute("list", {{"x", none}, {"y", 1}});
    span.add_event("event", {{"none", none}, {"three", 3}});
    span.add_link(span.context(), {{"none", none}});
  }
  const weft::SpanData span = recorded.span("given");
  EXPECT_EQ(
      span.attributes,
      (List{{"one", 1}, {"two", 2}, {"a", 1}, {"map", Map{{"a", 1}}}, {"list", Map{{"y", 1}}}}));
  EXPECT_EQ(span.dropped_attributes_count, 0U);
  EXPECT_EQ(span.events.at(0).attributes, (List{{"three", 3}}));
  EXPECT_EQ(span.events.at(0).dropped_attributes_count, 0U);
  EXPECT_TRUE(span.links.at(0).attributes.empty());
}

TEST_F(AttributeForms, AnOptionalWithoutAValueReplacesNothing) {
  const List attributes = given([](weft::Span& span) {
    span.set_attribute("kept", 1);
    span.set_attribute("kept", std::optional<int>());
  });
  EXPECT_EQ(attributes, (List{{"kept", 1}}));
}

TEST_F(AttributeForms, AnOptionalWithoutAValueStaysOutOfOwnedAttributes) {
  const weft::Attributes attributes{{"none", std::optional<int>()}, {"one", std::optional<int>(1)}};
  EXPECT_EQ(attributes.to_vector(), (List{{"one", 1}}));
  EXPECT_EQ(attributes.dropped_count(), 0U);
}

TEST_F(AttributeForms, AnOptionalInAnArrayKeepsItsPlace) {
  const std::vector<std::optional<int>> some{1, std::nullopt, 3};
  const List attributes = given([&](weft::Span& span) { span.set_attribute("some", some); });
  ASSERT_EQ(attributes.size(), 1U);
  const auto& array = std::get<Array>(attributes[0].value);
  ASSERT_EQ(array.size(), 3U);
  EXPECT_EQ(array[2], 3);
}

TEST_F(AttributeForms, AnEnumerationIsItsNumber) {
  const List attributes = given([](weft::Span& span) {
    span.set_attribute("scoped", Colour::blue);
    span.set_attribute("unscoped", low);
    span.set_attribute("truth", Answer::yes);
    span.set_attribute("several", std::vector{Colour::red, Colour::blue});
  });
  EXPECT_EQ(attributes,
            (List{{"scoped", 200}, {"unscoped", 3}, {"truth", true}, {"several", Array{1, 200}}}));
}

TEST_F(AttributeForms, APathIsItsText) {
  const std::filesystem::path path = "/var/log";
  const List attributes = given([&](weft::Span& span) {
    span.set_attribute("one", path);
    span.set_attribute("made", path / "x");
    span.set_attribute("several", std::vector{path, path});
  });
  EXPECT_EQ(attributes, (List{{"one", "/var/log"},
                              {"made", "/var/log/x"},
                              {"several", Array{"/var/log", "/var/log"}}}));
}

TEST_F(AttributeForms, ARangeOfAnyKindIsAnArray) {
  const std::array numbers{1, 2};
  const char* const texts[] = {"a", "b"};
  const List attributes = given([&](weft::Span& span) {
    span.set_attribute("array", numbers);
    span.set_attribute("span", std::span(numbers));
    span.set_attribute("deque", std::deque<double>{0.5, 1.5});
    span.set_attribute("plain", texts);
  });
  EXPECT_EQ(attributes, (List{{"array", Array{1, 2}},
                              {"span", Array{1, 2}},
                              {"deque", Array{0.5, 1.5}},
                              {"plain", Array{"a", "b"}}}));
}

TEST_F(AttributeForms, ANullPointerLiteralIsEmptyText) {
  const List attributes = given([](weft::Span& span) { span.set_attribute("null", nullptr); });
  EXPECT_EQ(attributes, (List{{"null", ""}}));
}

TEST(OwnedValues, AreMadeFromBraces) {
  const std::string a = "a";
  const weft::AttributeValue numbers = {1, 2};
  const weft::AttributeValue texts = {"a", "b"};
  const weft::AttributeValue strings = {a, std::string("b")};
  const weft::AttributeValue map = {{"one", 1}, {"texts", {"a", "b"}}};
  const weft::AttributeValue pair = {{"one", 1}};
  EXPECT_EQ(numbers, (Array{1, 2}));
  EXPECT_EQ(texts, (Array{"a", "b"}));
  EXPECT_EQ(strings, (Array{"a", "b"}));
  EXPECT_EQ(map, (Map{{"one", 1}, {"texts", texts}}));
  EXPECT_EQ(pair, (Map{{"one", 1}}));
}

TEST(OwnedValues, InBracesAloneAreThemselves) {
  const weft::AttributeValue number{1};
  const weft::AttributeValue text = {"a"};
  const weft::AttributeValue string = {std::string("a")};
  const weft::AttributeValue array{Array{1}};
  const weft::AttributeValue copy{array};
  EXPECT_EQ(number, 1);
  EXPECT_EQ(text, "a");
  EXPECT_EQ(string, "a");
  EXPECT_EQ(copy, (Array{1}));
  EXPECT_EQ(weft::AttributeValue{}, "");
}

TEST(OwnedValues, OfOneTextInTwoBracesAreThatTextAndNoMap) {
  const std::string text = "a";
  const weft::AttributeValue literal{{"a"}};
  const weft::AttributeValue owned{{text}};
  EXPECT_EQ(literal, "a");
  EXPECT_EQ(owned, "a");
}

TEST(OwnedValues, AreMadeFromMaps) {
  const std::map<std::string, int> map{{"a", 1}, {"b", 2}};
  const std::vector<std::pair<std::string, std::string>> pairs{{"a", "x"}};
  const std::map<std::string, std::map<std::string, int>> nested{{"m", map}};
  const Map expected{{"a", 1}, {"b", 2}};
  EXPECT_EQ(weft::AttributeValue(map), expected);
  EXPECT_EQ(weft::AttributeValue(pairs), (Map{{"a", "x"}}));
  EXPECT_EQ(weft::AttributeValue(nested), (Map{{"m", expected}}));
}

TEST(OwnedValues, AreMadeFromEnumerationsAndPathsAndWhatReadsAsText) {
  const weft::AttributeValue number = Colour::blue;
  const weft::AttributeValue path = std::filesystem::path("/a");
  const weft::AttributeValue id = weft::RequestId("r-1");
  EXPECT_EQ(number, 200);
  EXPECT_EQ(path, "/a");
  EXPECT_EQ(id, "r-1");
}

// What would have no obvious meaning stays an error.
static_assert(!std::is_constructible_v<weft::AttributeValueView, int*>);
static_assert(!std::is_constructible_v<weft::AttributeValueView, std::byte>);
static_assert(!std::is_constructible_v<weft::AttributeValueView, std::chrono::seconds>);
static_assert(!std::is_constructible_v<weft::AttributeValue, const char*, std::size_t>);
static_assert(!std::is_constructible_v<weft::AttributeValue, std::optional<int>>);

}  // namespace
