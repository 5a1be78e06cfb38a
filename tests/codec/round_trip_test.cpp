// SPDX-License-Identifier: Apache-2.0
// What can be said as an attribute, and what the reader makes of its bytes.
#include <gtest/gtest.h>
#include <weft/attribute.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "codec/field_reader.hpp"
#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"

namespace {

namespace codec = weft::codec;
using weft::AttributeValue;
using Array = AttributeValue::Array;
using Map = AttributeValue::Map;
using Bytes = AttributeValue::Bytes;

AttributeValue round_trip(const weft::AttributeValueView& value) {
  weft::testing::AreaWriter out({100'000});
  EXPECT_TRUE(codec::write_attribute(out, codec::span_field::attributes, "key", value, {}));
  const std::string text = out.text();
  codec::FieldReader reader(text);
  const auto field = reader.next();
  EXPECT_TRUE(field.has_value() && field->tag == codec::span_field::attributes);
  EXPECT_TRUE(!reader.next().has_value() && !reader.malformed());
  const weft::Attribute attribute = codec::decode_attribute(field->bytes);
  EXPECT_EQ(attribute.key, "key");
  return attribute.value;
}

TEST(RoundTrip, OfBools) {
  EXPECT_EQ(round_trip(true), AttributeValue(true));
  EXPECT_EQ(round_trip(false), AttributeValue(false));
}

template <class T>
void expect_limits() {
  EXPECT_EQ(round_trip(std::numeric_limits<T>::min()),
            AttributeValue(std::numeric_limits<T>::min()));
  EXPECT_EQ(round_trip(std::numeric_limits<T>::max()),
            AttributeValue(std::numeric_limits<T>::max()));
}

TEST(RoundTrip, OfEveryIntegerType) {
  expect_limits<signed char>();
  expect_limits<unsigned char>();
  expect_limits<short>();
  expect_limits<unsigned short>();
  expect_limits<int>();
  expect_limits<unsigned>();
  expect_limits<long>();
  expect_limits<long long>();
}

TEST(RoundTrip, OfEveryPowerOfTwo) {
  for (unsigned bits = 0; bits < 63; ++bits) {
    const std::int64_t value = std::int64_t{1} << bits;
    ASSERT_EQ(round_trip(value), AttributeValue(value));
    ASSERT_EQ(round_trip(-value), AttributeValue(-value));
  }
}

TEST(RoundTrip, OfUnsignedNumbersThatFit) {
  EXPECT_EQ(round_trip(std::uint64_t{1} << 62U), AttributeValue(std::int64_t{1} << 62U));
}

TEST(RoundTrip, UnsignedNumbersThatDoNotFitBecomeText) {
  EXPECT_EQ(round_trip(std::uint64_t{1} << 63U), AttributeValue("9223372036854775808"));
}

TEST(RoundTrip, UnsignedNumbersThatDoNotFitBecomeTextInArraysToo) {
  EXPECT_EQ(round_trip(std::vector<std::uint64_t>{std::uint64_t{1} << 63U}),
            AttributeValue(Array{"9223372036854775808"}));
}

TEST(RoundTrip, OfFloatsAndDoubles) {
  EXPECT_EQ(round_trip(0.1), AttributeValue(0.1));
  EXPECT_EQ(round_trip(0.5F), AttributeValue(0.5));
  EXPECT_EQ(round_trip(-0.0), AttributeValue(-0.0));
  EXPECT_EQ(round_trip(std::numeric_limits<double>::infinity()),
            AttributeValue(std::numeric_limits<double>::infinity()));
}

TEST(RoundTrip, OfNotANumber) {
  EXPECT_TRUE(std::isnan(std::get<double>(round_trip(std::nan("")).variant())));
}

TEST(RoundTrip, OfEveryKindOfText) {
  const std::string string = "text";
  EXPECT_EQ(round_trip("text"), AttributeValue(string));
  EXPECT_EQ(round_trip(string), AttributeValue(string));
  EXPECT_EQ(round_trip(std::string_view(string)), AttributeValue(string));
  EXPECT_EQ(round_trip(string.c_str()), AttributeValue(string));
}

TEST(RoundTrip, OfANullTextIsEmpty) {
  EXPECT_EQ(round_trip(static_cast<const char*>(nullptr)), AttributeValue(""));
}

TEST(RoundTrip, OfTextWithNulBytes) {
  EXPECT_EQ(round_trip(std::string("a\0b", 3)), AttributeValue(std::string("a\0b", 3)));
}

TEST(RoundTrip, OfTextOfEveryLength) {
  for (std::size_t size = 0; size < 600; ++size) {
    const std::string text(size, 'x');
    ASSERT_EQ(round_trip(text), AttributeValue(text)) << size;
  }
}

TEST(RoundTrip, RepairsTextOfEveryLength) {
  for (std::size_t size = 1; size < 600; ++size) {
    std::string bad(size, 'x');
    bad.back() = '\xFF';
    ASSERT_EQ(round_trip(bad), AttributeValue(bad.substr(0, size - 1) + "\xEF\xBF\xBD")) << size;
  }
}

TEST(RoundTrip, RepairsTextWhoseCharactersCrossThePiecesOfTheRepair) {
  for (std::size_t shift = 0; shift < 200; ++shift) {
    std::string bad(shift, 'x');
    for (int i = 0; i < 100; ++i) bad += "\xF0\x9F\x98\x80";
    const std::string good = bad + "\xEF\xBF\xBD";
    ASSERT_EQ(round_trip(bad + "\xFF"), AttributeValue(good)) << shift;
  }
}

TEST(RoundTrip, OfBytes) {
  const Bytes bytes = {std::byte{0}, std::byte{255}, std::byte{10}};
  EXPECT_EQ(round_trip(bytes), AttributeValue(bytes));
  EXPECT_EQ(round_trip(std::span<const std::byte>(bytes)), AttributeValue(bytes));
  EXPECT_EQ(round_trip(std::array<std::byte, 1>{std::byte{7}}),
            AttributeValue(Bytes{std::byte{7}}));
}

TEST(RoundTrip, OfNoBytes) { EXPECT_EQ(round_trip(Bytes()), AttributeValue(Bytes())); }

enum Unscoped : short { kFive = 5 };

TEST(RoundTrip, OfAnUnscopedEnum) { EXPECT_EQ(round_trip(kFive), AttributeValue(5)); }

TEST(RoundTrip, OfRangesOfEveryKind) {
  const AttributeValue expected(Array{1, 2, 3});
  EXPECT_EQ(round_trip(std::vector<int>{1, 2, 3}), expected);
  EXPECT_EQ(round_trip(std::array<short, 3>{1, 2, 3}), expected);
  EXPECT_EQ(round_trip(std::list<long>{1, 2, 3}), expected);
  EXPECT_EQ(round_trip(std::deque<unsigned>{1, 2, 3}), expected);
  EXPECT_EQ(round_trip(std::set<int>{3, 2, 1}), expected);
  const int array[] = {1, 2, 3};
  EXPECT_EQ(round_trip(array), expected);
  EXPECT_EQ(round_trip(std::span<const int>(array)), expected);
}

TEST(RoundTrip, OfAViewThatIsNotConstIterable) {
  auto even = std::views::iota(1, 7) | std::views::filter([](int i) { return i % 2 == 0; });
  EXPECT_EQ(round_trip(even), AttributeValue(Array{2, 4, 6}));
}

TEST(RoundTrip, OfBoolVectors) {
  std::vector<bool> bools = {true, false};
  const AttributeValue expected(Array{true, false});
  EXPECT_EQ(round_trip(bools), expected);
  EXPECT_EQ(round_trip(std::as_const(bools)), expected);
}

TEST(RoundTrip, OfRangesOfText) {
  EXPECT_EQ(round_trip(std::vector<std::string>{"a", ""}), AttributeValue(Array{"a", ""}));
  EXPECT_EQ(round_trip(std::vector<const char*>{"a", "b"}), AttributeValue(Array{"a", "b"}));
  EXPECT_EQ(round_trip(std::vector<std::string_view>{"a"}), AttributeValue(Array{"a"}));
}

TEST(RoundTrip, OfRangesOfBytes) {
  EXPECT_EQ(round_trip(std::vector<Bytes>{{std::byte{1}}, {}}),
            AttributeValue(Array{Bytes{std::byte{1}}, Bytes()}));
}

TEST(RoundTrip, OfNestedRanges) {
  EXPECT_EQ(round_trip(std::vector<std::vector<int>>{{1}, {}, {2, 3}}),
            AttributeValue(Array{Array{1}, Array(), Array{2, 3}}));
}

TEST(RoundTrip, OfMaps) {
  const AttributeValue expected(Map{{"a", 1}, {"b", 2}});
  EXPECT_EQ(round_trip(std::map<std::string, int>{{"b", 2}, {"a", 1}}), expected);
  EXPECT_EQ(round_trip(std::vector<std::pair<const char*, int>>{{"a", 1}, {"b", 2}}), expected);
  EXPECT_EQ(round_trip(std::vector<weft::Attribute>{{"a", 1}, {"b", 2}}), expected);
  EXPECT_EQ(round_trip({{"a", 1}, {"b", 2}}), expected);
}

TEST(RoundTrip, OfMapsInMaps) {
  EXPECT_EQ(round_trip({{"a", {{"b", {{"c", true}}}}}}),
            AttributeValue(Map{{"a", Map{{"b", Map{{"c", true}}}}}}));
  EXPECT_EQ(round_trip(std::map<std::string, std::map<std::string, int>>{{"a", {{"b", 1}}}}),
            AttributeValue(Map{{"a", Map{{"b", 1}}}}));
}

TEST(RoundTrip, OfArraysInMapsInArrays) {
  EXPECT_EQ(round_trip(std::vector<std::map<std::string, std::vector<int>>>{{{"a", {1, 2}}}}),
            AttributeValue(Array{Map{{"a", Array{1, 2}}}}));
}

TEST(RoundTrip, OfOwnedValues) {
  const AttributeValue values[] = {true,
                                   7,
                                   0.5,
                                   "text",
                                   Bytes{std::byte{1}},
                                   Array{1, "two", Array{3.0}, Map{{"k", Bytes()}}},
                                   Map{{"a", 1}, {"b", Array{}}}};
  for (const AttributeValue& value : values) EXPECT_EQ(round_trip(value), value);
}

TEST(RoundTrip, OfRangesOfOwnedValues) {
  const std::vector<AttributeValue> mixed = {1, "two", true};
  EXPECT_EQ(round_trip(mixed), AttributeValue(Array{1, "two", true}));
}

TEST(RoundTrip, OfMapsToOwnedValues) {
  EXPECT_EQ(round_trip(std::map<std::string, AttributeValue>{{"a", "x"}, {"b", Array{1}}}),
            AttributeValue(Map{{"a", "x"}, {"b", Array{1}}}));
}

TEST(RoundTrip, RepairsKeysInMaps) {
  EXPECT_EQ(round_trip(std::map<std::string, int>{{"\xFF", 1}}),
            AttributeValue(Map{{"\xEF\xBF\xBD", 1}}));
}

TEST(RoundTrip, RepairsTextInArrays) {
  EXPECT_EQ(round_trip(std::vector<std::string>{"\xFF"}), AttributeValue(Array{"\xEF\xBF\xBD"}));
}

}  // namespace
