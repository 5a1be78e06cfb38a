// SPDX-License-Identifier: Apache-2.0
// The short way writes what the general way writes, or nothing.
#include "codec/short_attribute.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"
#include "support/hex.hpp"

namespace {

namespace codec = weft::codec;
using weft::testing::hex;

constexpr std::uint32_t kTag = codec::span_field::attributes;

// In memory of exactly the promised size, so that a byte too many is seen by the sanitizer.
std::optional<std::string> short_bytes(std::string_view key,
                                       const weft::AttributeValueView& value) {
  if (key.size() > codec::short_attribute::kMostKey) return std::nullopt;
  std::vector<char> room(codec::kShortAttribute);
  const std::uint64_t high_bits = codec::copy_and_look(room.data() + 4, key.data(), key.size());
  const char* end = codec::write_around_key(room.data(), kTag, key.size(), high_bits, value);
  if (end == nullptr) return std::nullopt;
  return std::string(room.data(), static_cast<std::size_t>(end - room.data()));
}

std::string general_bytes(std::string_view key, const weft::AttributeValueView& value) {
  weft::testing::AreaWriter out({10'000});
  EXPECT_TRUE(codec::write_attribute(out, kTag, key, value, {}));
  return out.text();
}

TEST(ShortAttribute, AgreesForTextOfEveryLength) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text(size, 't');
    const auto written = short_bytes("a.key", text);
    if (!written) continue;
    ASSERT_EQ(hex(*written), hex(general_bytes("a.key", text))) << size;
  }
}

TEST(ShortAttribute, AgreesForKeysOfEveryLength) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string key(size, 'k');
    const auto written = short_bytes(key, 5);
    if (!written) continue;
    ASSERT_EQ(hex(*written), hex(general_bytes(key, 5))) << size;
  }
}

TEST(ShortAttribute, TakesWhatFitsOneByteOfLength) {
  // 2 + 1 for the key, 2 + 2 + text for the value: 127 in all.
  EXPECT_TRUE(short_bytes("k", std::string(120, 't')).has_value());
}

TEST(ShortAttribute, RefusesOneByteMore) {
  EXPECT_FALSE(short_bytes("k", std::string(121, 't')).has_value());
}

TEST(ShortAttribute, RefusesTextThatWouldNotFitAtAll) {
  EXPECT_FALSE(short_bytes("k", std::string(100'000, 't')).has_value());
  EXPECT_FALSE(short_bytes(std::string(100'000, 'k'), 1).has_value());
}

TEST(ShortAttribute, AgreesForNumbers) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{127}, std::int64_t{128}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(hex(short_bytes("key", value).value()), hex(general_bytes("key", value)));
  }
}

TEST(ShortAttribute, AgreesForEveryPowerOfTwo) {
  for (unsigned bits = 0; bits < 63; ++bits) {
    const std::int64_t value = std::int64_t{1} << bits;
    ASSERT_EQ(hex(short_bytes("key", value).value()), hex(general_bytes("key", value)));
  }
}

TEST(ShortAttribute, AgreesForBoolsAndDoubles) {
  EXPECT_EQ(hex(short_bytes("key", true).value()), hex(general_bytes("key", true)));
  EXPECT_EQ(hex(short_bytes("key", false).value()), hex(general_bytes("key", false)));
  EXPECT_EQ(hex(short_bytes("key", 0.1).value()), hex(general_bytes("key", 0.1)));
}

TEST(ShortAttribute, AgreesForUnsignedNumbersThatFit) {
  EXPECT_EQ(hex(short_bytes("key", std::uint64_t{5}).value()),
            hex(general_bytes("key", std::uint64_t{5})));
}

TEST(ShortAttribute, RefusesUnsignedNumbersThatDoNotFit) {
  EXPECT_FALSE(short_bytes("key", std::numeric_limits<std::uint64_t>::max()).has_value());
}

TEST(ShortAttribute, RefusesAByteAbove127AnywhereInTheText) {
  for (std::size_t size = 1; size < 60; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 't');
      text[at] = '\x80';
      ASSERT_FALSE(short_bytes("key", text).has_value()) << at << " of " << size;
    }
  }
}

TEST(ShortAttribute, RefusesAByteAbove127AnywhereInTheKey) {
  for (std::size_t size = 1; size < 60; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string key(size, 'k');
      key[at] = '\xFF';
      ASSERT_FALSE(short_bytes(key, 1).has_value()) << at << " of " << size;
    }
  }
}

TEST(ShortAttribute, RefusesListsRangesAndBytes) {
  EXPECT_FALSE(short_bytes("key", {{"inner", 1}}).has_value());
  EXPECT_FALSE(short_bytes("key", std::vector<int>{1}).has_value());
  EXPECT_FALSE(short_bytes("key", std::vector<std::byte>(3)).has_value());
  const weft::AttributeValue owned = 5;
  EXPECT_FALSE(short_bytes("key", owned).has_value());
}

TEST(ShortText, AgreesAtEveryLength) {
  for (std::size_t size = 0; size <= 127; ++size) {
    const std::string text(size, 'n');
    std::vector<char> room(codec::kShortAttribute);
    const char* end = codec::write_short_text(room.data(), codec::span_field::name, text);
    ASSERT_NE(end, nullptr);
    weft::testing::AreaWriter out({1000});
    out.write_text(codec::span_field::name, text);
    ASSERT_EQ(hex({room.data(), static_cast<std::size_t>(end - room.data())}), hex(out.text()));
  }
}

TEST(ShortText, RefusesWhatIsLonger) {
  std::vector<char> room(codec::kShortAttribute);
  EXPECT_EQ(codec::write_short_text(room.data(), codec::span_field::name, std::string(128, 'n')),
            nullptr);
}

}  // namespace
