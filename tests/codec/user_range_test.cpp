// SPDX-License-Identifier: Apache-2.0
// Ranges of the user's: they may throw anywhere, and be of any depth.
#include <gtest/gtest.h>
#include <weft/attribute.hpp>

#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "codec/field_reader.hpp"
#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"

namespace {

namespace codec = weft::codec;
using weft::AttributeValue;
using Array = AttributeValue::Array;

// Counts up from 0 and throws at `bad`.
class ThrowingRange {
 public:
  explicit ThrowingRange(int size, int bad) : size_(size), bad_(bad) {}
  class Iterator {
   public:
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(int at, int bad) : at_(at), bad_(bad) {}
    int operator*() const {
      if (at_ == bad_) throw std::runtime_error("no element");
      return at_;
    }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    void operator++(int) { ++at_; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    int at_ = 0;
    int bad_ = 0;
  };
  Iterator begin() const {
    if (bad_ == -1) throw std::runtime_error("no beginning");
    return {0, bad_};
  }
  Iterator end() const { return {size_, bad_}; }

 private:
  int size_;
  int bad_;
};

bool write(codec::ByteWriter& out, const weft::AttributeValueView& value,
           const codec::ValueLimits& limits = {}) {
  return codec::write_attribute(out, codec::span_field::attributes, "key", value, limits);
}

AttributeValue round_trip(const weft::AttributeValueView& value,
                          const codec::ValueLimits& limits = {}) {
  weft::testing::AreaWriter out({1'000'000});
  EXPECT_TRUE(write(out, value, limits));
  const std::string text = out.text();
  return codec::decode_attribute(codec::FieldReader(text).next().value().bytes).value;
}

TEST(UserRange, ThatThrowsIsRefused) {
  weft::testing::AreaWriter out({1000});
  EXPECT_FALSE(write(out, ThrowingRange(5, 3)));
}

TEST(UserRange, ThatThrowsAtItsBeginningIsRefused) {
  weft::testing::AreaWriter out({1000});
  EXPECT_FALSE(write(out, ThrowingRange(5, -1)));
}

TEST(UserRange, ThatThrowsWithinAnotherIsRefused) {
  weft::testing::AreaWriter out({1000});
  const std::vector<ThrowingRange> ranges = {ThrowingRange(2, 9), ThrowingRange(2, 1)};
  EXPECT_FALSE(write(out, ranges));
}

TEST(UserRange, ThatThrowsWithinAMapIsRefused) {
  weft::testing::AreaWriter out({1000});
  const std::map<std::string, ThrowingRange> map = {{"k", ThrowingRange(2, 1)}};
  EXPECT_FALSE(write(out, map));
}

TEST(UserRange, ThatDoesNotThrowIsWritten) {
  EXPECT_EQ(round_trip(ThrowingRange(3, 9)), AttributeValue(Array{0, 1, 2}));
}

TEST(UserRange, OfEntriesCallsTheSinkForEach) {
  const std::map<std::string, int> map = {{"a", 1}, {"b", 2}};
  std::string seen;
  EXPECT_TRUE(codec::for_each_entry(
      map,
      [](void* state, std::string_view key, const weft::AttributeValueView& value) {
        *static_cast<std::string*>(state) += std::string(key) + std::to_string(value.integer());
      },
      &seen));
  EXPECT_EQ(seen, "a1b2");
}

// An array in an array in an array …
AttributeValue nested(int depth) {
  AttributeValue value = "core";
  for (int i = 0; i < depth; ++i) {
    Array outer;
    outer.push_back(std::move(value));
    value = std::move(outer);
  }
  return value;
}

int depth_of(const AttributeValue& value) {
  const auto* array = std::get_if<Array>(&value.variant());
  if (array == nullptr) return 0;
  return 1 + (array->empty() ? 0 : depth_of(array->front()));
}

TEST(Depth, IsKeptUpToTheBound) { EXPECT_EQ(round_trip(nested(64)), nested(64)); }

TEST(Depth, BeyondTheBoundIsCut) { EXPECT_EQ(depth_of(round_trip(nested(65))), 64); }

// From the outside in: its own destructor would go 20,000 calls deep.
void take_apart(AttributeValue value) {
  weft::detail::AttributeVariant& variant = value;
  while (auto* array = std::get_if<Array>(&variant)) {
    AttributeValue inner = std::move(array->front());
    value = std::move(inner);
  }
}

TEST(Depth, OfAnyNumberNeedsABoundedStack) {
  AttributeValue deep = nested(20'000);
  EXPECT_EQ(depth_of(round_trip(deep)), 64);
  take_apart(std::move(deep));
}

TEST(Depth, IsKeptUpToTheLimit) { EXPECT_EQ(round_trip(nested(2), {.depth = 2}), nested(2)); }

TEST(Depth, BeyondTheLimitIsCut) {
  // Array{Array{""}} would be a copy by clang, an array in an array by gcc (CWG 2137).
  const AttributeValue inner(Array{""});
  EXPECT_EQ(round_trip(nested(3), {.depth = 2}), AttributeValue(Array{inner}));
}

TEST(Depth, OfAMapIsCutToo) {
  using Map = AttributeValue::Map;
  EXPECT_EQ(round_trip({{"a", {{"b", 1}}}}, {.depth = 1}), AttributeValue(Map{{"a", ""}}));
}

TEST(Length, OfTextIsCutInCharacters) {
  EXPECT_EQ(round_trip("\xC3\xA4\xC3\xB6\xC3\xBC", {.length = 2}),
            AttributeValue("\xC3\xA4\xC3\xB6"));
}

TEST(Length, OfTextInArraysIsCut) {
  EXPECT_EQ(round_trip(std::vector<std::string>{"abc", "d"}, {.length = 2}),
            AttributeValue(Array{"ab", "d"}));
}

TEST(Length, OfTextInMapsIsCut) {
  EXPECT_EQ(round_trip({{"key", "abc"}}, {.length = 2}),
            AttributeValue(AttributeValue::Map{{"key", "ab"}}));
}

TEST(Length, OfBytesIsCut) {
  EXPECT_EQ(round_trip(std::vector<std::byte>(5), {.length = 2}),
            AttributeValue(std::vector<std::byte>(2)));
}

TEST(Length, OfNothingLeavesEmptyText) {
  EXPECT_EQ(round_trip("abc", {.length = 0}), AttributeValue(""));
}

TEST(Length, CountsABadByteAsOneCharacter) {
  EXPECT_EQ(round_trip("\xFF\xFF\xFF", {.length = 2}), AttributeValue("\xEF\xBF\xBD\xEF\xBF\xBD"));
}

TEST(Length, DoesNotTouchNumbers) {
  EXPECT_EQ(round_trip(1234567, {.length = 2}), AttributeValue(1234567));
}

}  // namespace
