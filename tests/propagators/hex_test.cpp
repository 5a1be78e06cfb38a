// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <sstream>
#include <string>
#include <unordered_set>
#include <vector>

#include <weft/ids.hpp>

namespace {

using weft::SpanId;
using weft::TraceId;

bool reads(const std::string& text) {
  std::uint8_t out[64];
  return weft::detail::read_hex(text, out, text.size() / 2);
}

class HexSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(HexSizes, EveryByteComesBackFromItsDigits) {
  const std::size_t size = GetParam();
  for (unsigned value = 0; value < 256; ++value) {
    std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>(value));
    bytes[0] = static_cast<std::uint8_t>(value ^ 0x5A);
    std::string text(2 * size, '?');
    weft::detail::write_hex(bytes.data(), size, text.data());
    std::vector<std::uint8_t> back(size, 0xEE);
    ASSERT_TRUE(weft::detail::read_hex(text, back.data(), size)) << text;
    EXPECT_EQ(back, bytes) << text;
  }
}

TEST_P(HexSizes, EveryByteIsSpelledAsPrintfSpellsIt) {
  const std::size_t size = GetParam();
  for (unsigned value = 0; value < 256; ++value) {
    std::vector<std::uint8_t> bytes(size);
    std::string expected;
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<std::uint8_t>(value + 37 * i);
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
      expected += digits;
    }
    std::string text(2 * size, '?');
    weft::detail::write_hex(bytes.data(), size, text.data());
    ASSERT_EQ(text, expected);
  }
}

TEST_P(HexSizes, OnlyLowercaseDigitsAreAcceptedAtEveryPlace) {
  const std::string good(2 * GetParam(), '7');
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (unsigned c = 0; c < 256; ++c) {
      std::string text = good;
      text[place] = static_cast<char>(c);
      const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      ASSERT_EQ(reads(text), is_digit) << "character " << c << " at " << place;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Hex, HexSizes, testing::Values(1, 2, 7, 8, 9, 15, 16, 17, 24, 27));

TEST(Hex, DigitsAreWrittenInOrder) {
  const std::uint8_t bytes[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x10};
  char text[18];
  weft::detail::write_hex(bytes, 9, text);
  EXPECT_EQ(std::string_view(text, 18), "0123456789abcdef10");
}

TEST(Hex, AnotherLengthIsRefused) {
  std::uint8_t out[16];
  for (std::size_t length = 0; length < 64; ++length) {
    EXPECT_EQ(weft::detail::read_hex(std::string(length, '1'), out, 16), length == 32) << length;
  }
}

TEST(Ids, TheDigitsOfAnIdAreLowercaseAndComeBack) {
  const auto trace_id = TraceId::from_hex("0af7651916cd43dd8448eb211c80319c");
  ASSERT_TRUE(trace_id);
  EXPECT_EQ(trace_id->to_hex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(trace_id->bytes()[0], 0x0A);
  EXPECT_EQ(trace_id->bytes()[15], 0x9C);
  const auto span_id = SpanId::from_hex("b7ad6b7169203331");
  ASSERT_TRUE(span_id);
  EXPECT_EQ(span_id->to_hex(), "b7ad6b7169203331");
}

TEST(Ids, AllZerosNameNothing) {
  EXPECT_FALSE(TraceId::from_hex("00000000000000000000000000000000"));
  EXPECT_FALSE(SpanId::from_hex("0000000000000000"));
  EXPECT_FALSE(TraceId().is_valid());
  EXPECT_EQ(TraceId().to_hex(), "00000000000000000000000000000000");
}

TEST(Ids, OneBitAnywhereMakesAnIdValid) {
  for (std::size_t i = 0; i < 16; ++i) {
    TraceId::Bytes bytes{};
    bytes[i] = 0x80;
    EXPECT_TRUE(TraceId(bytes).is_valid()) << i;
  }
}

TEST(Ids, TheyAreKeysOfBothKindsOfMaps) {
  const auto a = *SpanId::from_hex("0000000000000001");
  const auto b = *SpanId::from_hex("0000000000000002");
  EXPECT_LT(a, b);
  EXPECT_EQ((std::set<SpanId>{a, b, a}.size()), 2u);
  EXPECT_EQ((std::unordered_set<SpanId>{a, b, a}.size()), 2u);
}

TEST(Ids, AStreamShowsTheDigits) {
  std::ostringstream out;
  out << *SpanId::from_hex("b7ad6b7169203331");
  EXPECT_EQ(out.str(), "b7ad6b7169203331");
}

}  // namespace
