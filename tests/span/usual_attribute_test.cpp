// SPDX-License-Identifier: Apache-2.0
// The shortest way of an attribute writes what every other way writes, or nothing.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "span/quick_attribute.hpp"
#include "support/hex.hpp"
#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using weft::testing::hex;
using weft::testing::Recording;

constexpr std::string_view kKeys[] = {"key", "some.key", "http.request.method",
                                      "http.response.status_code"};

bool is_usual(std::string_view key) { return key.size() >= 4 && key.size() <= 32; }
bool is_usual(std::string_view key, std::string_view text) {
  return is_usual(key) && text.size() <= 32;
}
template <class Number>
bool is_usual(std::string_view key, Number /*value*/) {
  return is_usual(key);
}

template <class Value>
std::string general_bytes(std::string_view key, Value value) {
  const Recording recording;
  recording.put(key, weft::AttributeValueView(value));
  return recording.encoded();
}

template <class Value>
void expect_the_same(std::string_view key, Value value) {
  const std::string expected = general_bytes(key, value);
  const Recording recording;
  const std::string before = recording.encoded();
  const bool is_taken = detail::put_usual_attribute(recording.record(), key, value);
  ASSERT_EQ(is_taken, is_usual(key, value)) << key;
  ASSERT_EQ(hex(recording.encoded()), hex(is_taken ? expected : before)) << key;
  ASSERT_EQ(recording.record().attribute_count, is_taken ? 1U : 0U);
}

bool takes(const Recording& recording, std::string_view key, std::string_view value) {
  return detail::put_usual_attribute(recording.record(), key, value);
}

TEST(UsualAttribute, AgreesForKeysAndTextsOfEveryLength) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t key = 1; key <= 40; ++key) {
    for (std::size_t text = 0; text <= 40; ++text) {
      expect_the_same(std::string_view(letters).substr(0, key),
                      std::string_view(letters).substr(3, text));
    }
  }
}

TEST(UsualAttribute, AgreesForNumbers) {
  for (const std::string_view key : kKeys) {
    for (unsigned bits = 0; bits < 64; ++bits) {
      expect_the_same(key, static_cast<std::int64_t>(std::uint64_t{1} << bits));
      expect_the_same(key, static_cast<std::int64_t>((std::uint64_t{1} << bits) - 1));
    }
  }
}

TEST(UsualAttribute, AgreesForBoolsAndDoubles) {
  for (const std::string_view key : kKeys) {
    expect_the_same(key, true);
    expect_the_same(key, false);
    expect_the_same(key, 99.95);
    expect_the_same(key, -std::numeric_limits<double>::infinity());
  }
}

TEST(UsualAttribute, TakesTheUsual) {
  const Recording recording;
  EXPECT_TRUE(takes(recording, "http.request.method", "GET"));
}

TEST(UsualAttribute, RefusesAByteAbove127AnywhereInTheText) {
  for (std::size_t size = 1; size <= 32; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 't');
      text[at] = '\x80';
      const Recording recording;
      ASSERT_FALSE(takes(recording, "some.key", text)) << at << " of " << size;
    }
  }
}

TEST(UsualAttribute, RefusesAByteAbove127AnywhereInTheKey) {
  for (std::size_t size = 4; size <= 32; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string key(size, 'k');
      key[at] = '\xFF';
      const Recording recording;
      ASSERT_FALSE(takes(recording, key, "text")) << at << " of " << size;
    }
  }
}

TEST(UsualAttribute, LeavesTheRecordAsItWasWhenItRefuses) {
  const Recording recording;
  const std::uint32_t size = recording.size();
  ASSERT_FALSE(takes(recording, "some.key", "caf\xC3\xA9"));
  EXPECT_EQ(recording.size(), size);
  EXPECT_EQ(recording.record().attribute_count, 0U);
  EXPECT_FALSE(detail::KeyBit("some.key").is_set(recording.record()));
}

TEST(UsualAttribute, RefusesAKeyThatIsThere) {
  const Recording recording;
  ASSERT_TRUE(takes(recording, "some.key", "one"));
  EXPECT_FALSE(takes(recording, "some.key", "two"));
}

TEST(UsualAttribute, IsFoundByTheGeneralWay) {
  for (std::size_t size = 4; size <= 32; ++size) {
    const std::string key(size, 'k');
    const Recording recording;
    ASSERT_TRUE(takes(recording, key, "one"));
    recording.put(key, "two");
    ASSERT_EQ(recording.record().attribute_count, 1U) << size;
  }
}

TEST(UsualAttribute, RefusesMoreThanTheLimit) {
  detail::PoolLimits limits = weft::testing::small_pool();
  limits.span.attribute_count = 1;
  const Recording recording(limits);
  ASSERT_TRUE(takes(recording, "some.key", "one"));
  EXPECT_FALSE(takes(recording, "other.key", "two"));
}

TEST(UsualAttribute, RefusesWhereLengthsAreLimited) {
  detail::PoolLimits limits = weft::testing::small_pool();
  limits.span.attribute_value_length = 2;
  const Recording recording(limits);
  EXPECT_FALSE(takes(recording, "some.key", "one"));
}

TEST(UsualAttribute, RefusesWhatMayNotFitTheRecord) {
  const Recording recording;
  std::uint32_t written = 0;
  while (takes(recording, "some.key." + std::to_string(1000 + written), std::string(32, 't'))) {
    ++written;
  }
  EXPECT_LE(recording.size(), weft::detail::kInlineBody);
  EXPECT_GT(recording.size(), weft::detail::kInlineBody - weft::codec::kShortAttribute);
}

}  // namespace
