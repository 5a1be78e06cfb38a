// SPDX-License-Identifier: Apache-2.0
// One table for each production of traceparent: W3C Trace Context Level 2, 3.2.2.
#include "traceparent.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using weft::TraceFlags;
using weft::w3c::read_flags;
using weft::w3c::read_traceparent;
using weft::w3c::read_traceparent_header;
using weft::w3c::read_version;
using weft::w3c::Traceparent;

TEST(TraceparentVersion, Table) {
  struct Case {
    std::string_view text;
    std::optional<std::uint8_t> version;
  };
  const std::vector<Case> table = {
      {"00", std::uint8_t{0}},    {"01", std::uint8_t{1}}, {"cc", std::uint8_t{0xCC}},
      {"fe", std::uint8_t{0xFE}}, {"ff", std::nullopt},    {"CC", std::nullopt},
      {"cC", std::nullopt},       {".0", std::nullopt},    {"0.", std::nullopt},
      {"0-", std::nullopt},       {"", std::nullopt},      {"0", std::nullopt},
      {"000", std::nullopt},      {" 0", std::nullopt},    {"0g", std::nullopt},
  };
  for (const Case& c : table) EXPECT_EQ(read_version(c.text), c.version) << c.text;
}

TEST(TraceparentFlags, Table) {
  struct Case {
    std::string_view text;
    std::optional<unsigned> bits;
  };
  const std::vector<Case> table = {
      {"00", 0},
      {"01", 1},
      {"02", 2},
      {"03", 3},
      {"04", 0},
      {"08", 0},
      {"09", 1},
      {"ff", 3},
      {"fe", 2},
      {"f0", 0},
      {"FF", std::nullopt},
      {"0A", std::nullopt},
      {".0", std::nullopt},
      {"0.", std::nullopt},
      {"", std::nullopt},
      {"1", std::nullopt},
      {"001", std::nullopt},
  };
  for (const Case& c : table) {
    const auto flags = read_flags(c.text);
    ASSERT_EQ(flags.has_value(), c.bits.has_value()) << c.text;
    EXPECT_EQ(flags.value_or(TraceFlags()).bits(), c.bits.value_or(0)) << c.text;
  }
}

const std::string kTrace = "12345678901234567890123456789012";
const std::string kParent = "1234567890123456";

std::string with(const std::string& version, const std::string& trace, const std::string& parent,
                 const std::string& rest) {
  return version + "-" + trace + "-" + parent + "-" + rest;
}

TEST(Traceparent, TableOfGoodOnes) {
  struct Case {
    std::string text;
    unsigned bits;
  };
  const std::vector<Case> table = {
      {with("00", kTrace, kParent, "00"), 0},
      {with("00", kTrace, kParent, "01"), 1},
      {with("00", kTrace, kParent, "03"), 3},
      {with("00", kTrace, kParent, "ff"), 3},
      {with("01", kTrace, kParent, "01"), 1},
      {with("cc", kTrace, kParent, "01"), 1},
      {with("cc", kTrace, kParent, "01-"), 1},
      {with("cc", kTrace, kParent, "01-what-the-future-will-be-like"), 1},
      {with("fe", kTrace, kParent, "ff-x"), 3},
  };
  for (const Case& c : table) {
    Traceparent read;
    ASSERT_TRUE(read_traceparent(c.text, read)) << c.text;
    EXPECT_EQ(read.trace_id.to_hex(), kTrace) << c.text;
    EXPECT_EQ(read.parent_id.to_hex(), kParent) << c.text;
    EXPECT_EQ(read.flags.bits(), c.bits) << c.text;
  }
}

TEST(Traceparent, TableOfBadOnes) {
  const std::vector<std::string> table = {
      "",
      "00",
      "garbage",
      with("ff", kTrace, kParent, "01"),
      with("FE", kTrace, kParent, "01"),
      with("0", kTrace, kParent, "01"),
      with("000", kTrace, kParent, "01"),
      with("0000", kTrace, kParent, "01"),
      with("00", kTrace, kParent, "01."),
      with("00", kTrace, kParent, "01-"),
      with("00", kTrace, kParent, "01-what-the-future-will-be-like"),
      with("cc", kTrace, kParent, "01.what-the-future-will-be-like"),
      with("cc", kTrace, kParent, "010"),
      with("00", std::string(32, '0'), kParent, "01"),
      with("00", "." + kTrace.substr(1), kParent, "01"),
      with("00", kTrace.substr(1) + ".", kParent, "01"),
      with("00", kTrace + "3", kParent, "01"),
      with("00", kTrace.substr(1), kParent, "01"),
      with("00", "ABCDEF78901234567890123456789012", kParent, "01"),
      with("00", kTrace, std::string(16, '0'), "01"),
      with("00", kTrace, "." + kParent.substr(1), "01"),
      with("00", kTrace, kParent.substr(1) + ".", "01"),
      with("00", kTrace, kParent + "7", "01"),
      with("00", kTrace, kParent.substr(1), "01"),
      with("00", kTrace, "123456789012345A", "01"),
      with("00", kTrace, kParent, ".0"),
      with("00", kTrace, kParent, "0."),
      with("00", kTrace, kParent, "001"),
      with("00", kTrace, kParent, "1"),
      with("00", kTrace, kParent, ""),
      with("00", kTrace, kParent, "0F"),
      "00_" + kTrace + "-" + kParent + "-01",
      "00-" + kTrace + "_" + kParent + "-01",
      "00-" + kTrace + "-" + kParent + "_01",
      " " + with("00", kTrace, kParent, "01"),
      with("00", kTrace, kParent, "01") + " ",
      with("00", kTrace, kParent, "01") + std::string(1, '\0'),
  };
  for (const std::string& text : table) {
    Traceparent read;
    EXPECT_FALSE(read_traceparent(text, read)) << text;
  }
}

TEST(Traceparent, EveryPrefixOfAGoodOneIsBad) {
  const std::string good = with("00", kTrace, kParent, "01");
  for (std::size_t size = 0; size < good.size(); ++size) {
    Traceparent read;
    EXPECT_FALSE(read_traceparent(good.substr(0, size), read)) << size;
  }
}

// The grammar goes field by field, a header's value is first tried as a whole.
TEST(TraceparentHeader, IsReadAsTheGrammarSaysWhateverCharacterIsAtAnyPlace) {
  const std::string good = with("00", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01");
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (unsigned c = 0; c < 256; ++c) {
      std::string text = good;
      text[place] = static_cast<char>(c);
      Traceparent expected;
      Traceparent read;
      const bool is_good = read_traceparent(text, expected);
      ASSERT_EQ(read_traceparent_header(text, read), is_good) << c << " at " << place;
      if (is_good) {
        ASSERT_EQ(read, expected) << c << " at " << place;
      }
    }
  }
}

TEST(TraceparentHeader, MayHaveWhiteSpaceAroundIt) {
  Traceparent read;
  ASSERT_TRUE(read_traceparent_header(" \t" + with("00", kTrace, kParent, "ff") + "\t ", read));
  EXPECT_EQ(read.flags.bits(), 3);
}

TEST(TraceparentHeader, AnIdOfZerosIsNone) {
  Traceparent read;
  EXPECT_FALSE(read_traceparent_header(with("00", std::string(32, '0'), kParent, "01"), read));
  EXPECT_FALSE(read_traceparent_header(with("00", kTrace, std::string(16, '0'), "01"), read));
}

TEST(Traceparent, IsWrittenInVersion00WithKnownFlagsAlone) {
  const weft::SpanContext span(*weft::TraceId::from_hex(kTrace), *weft::SpanId::from_hex(kParent),
                               TraceFlags(0xFF));
  char text[weft::w3c::kTraceparentSize];
  weft::w3c::write_traceparent(span, text);
  EXPECT_EQ(std::string_view(text, sizeof text), with("00", kTrace, kParent, "03"));
}

}  // namespace
