// SPDX-License-Identifier: Apache-2.0
// Well-formed UTF-8 by table 3-7 of the Unicode standard, and the repair of everything else.
#include "codec/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/hex.hpp"

namespace {

namespace codec = weft::codec;

std::string repaired(std::string_view text) {
  std::string out(codec::repaired_size(text), '?');
  const char* end = codec::write_repaired(text, out.data());
  EXPECT_EQ(end, out.data() + out.size());
  return out;
}

// The encoding of a code point by the bit patterns of table 3-6.
std::string encode(char32_t c) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  }
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

TEST(Utf8, EveryCodePointIsWellFormedButSurrogates) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(codec::is_utf8(encode(c)), !is_surrogate) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Utf8, EveryCharacterHasItsSize) {
  for (const char32_t c :
       {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    EXPECT_EQ(codec::character_size(encode(c)), encode(c).size());
  }
}

// For every first byte, the range of second bytes that table 3-7 allows, the rest being 80..BF.
struct Row {
  unsigned first_low, first_high, second_low, second_high;
  std::size_t size;
};
constexpr Row kTable[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

std::size_t size_by_table(unsigned first, unsigned second) {
  for (const Row& row : kTable) {
    if (first >= row.first_low && first <= row.first_high && second >= row.second_low &&
        second <= row.second_high) {
      return row.size;
    }
  }
  return 0;
}

TEST(Utf8, EveryPairOfFirstAndSecondByteFollowsTheTable) {
  for (unsigned first = 0x80; first <= 0xFF; ++first) {
    for (unsigned second = 0; second <= 0xFF; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second), '\x80',
                                '\x80'};
      ASSERT_EQ(codec::character_size(text), size_by_table(first, second))
          << first << " " << second;
    }
  }
}

TEST(Utf8, ABadThirdByteIsFound) {
  EXPECT_EQ(codec::character_size("\xE2\x82\x7F"), 0U);
  EXPECT_EQ(codec::character_size("\xE2\x82\xC0"), 0U);
}

TEST(Utf8, ABadFourthByteIsFound) {
  EXPECT_EQ(codec::character_size("\xF0\x9F\x98\x7F"), 0U);
  EXPECT_EQ(codec::character_size("\xF0\x9F\x98\xC0"), 0U);
}

TEST(Utf8, ACharacterThatIsCutIsBad) {
  for (const std::string& whole : {encode(0x80), encode(0x800), encode(0x10000)}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      EXPECT_FALSE(codec::is_utf8(whole.substr(0, size)));
    }
  }
}

TEST(Utf8, EmptyTextIsWellFormed) { EXPECT_TRUE(codec::is_utf8("")); }

TEST(Utf8, ABadByteIsFoundAtEveryPlace) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      ASSERT_FALSE(codec::is_utf8(text)) << at << " of " << size;
    }
  }
}

TEST(Utf8, AsciiIsFoundAtEveryLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    ASSERT_TRUE(codec::is_ascii(std::string(size, '\x7F'))) << size;
  }
}

TEST(Utf8, WellFormedTextIsLeftAsItIs) {
  EXPECT_EQ(repaired("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"),
            "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z");
}

struct Repair {
  std::string_view bad;
  std::string_view good;
};

TEST(Utf8, EachBadByteBecomesOneReplacement) {
  const std::vector<Repair> repairs = {
      {"\xFF", "\xEF\xBF\xBD"},
      {"\x80", "\xEF\xBF\xBD"},
      {"a\xFFz", "a\xEF\xBF\xBDz"},
      {"\xC3", "\xEF\xBF\xBD"},
      {"\xC3z", "\xEF\xBF\xBDz"},
      {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                  // overlong
      {"\xE0\x9F\xBF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // overlong
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // surrogate
      {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},                  // cut
      {"\xE2\x82\xE2\x82\xAC", "\xEF\xBF\xBD\xEF\xBF\xBD\xE2\x82\xAC"},
      {"\xF5\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& [bad, good] : repairs) {
    EXPECT_EQ(weft::testing::hex(repaired(bad)), weft::testing::hex(good))
        << weft::testing::hex(bad);
  }
}

TEST(Utf8, WhatWasRepairedIsWellFormed) {
  std::string all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      all += static_cast<char>(first);
      all += static_cast<char>(second);
    }
  }
  EXPECT_TRUE(codec::is_utf8(repaired(all)));
}

TEST(FirstCharacters, CountCharactersAndNotBytes) {
  EXPECT_EQ(codec::first_characters("\xC3\xA4\xC3\xB6\xC3\xBC", 2), "\xC3\xA4\xC3\xB6");
}

TEST(FirstCharacters, NeverCutACharacter) {
  EXPECT_EQ(codec::first_characters("a\xF0\x9F\x98\x80z", 2), "a\xF0\x9F\x98\x80");
}

TEST(FirstCharacters, CountABadByteAsOne) {
  EXPECT_EQ(codec::first_characters("\xFF\xFF"
                                    "ab",
                                    3),
            "\xFF\xFF"
            "a");
}

TEST(FirstCharacters, OfNoneAreEmpty) { EXPECT_EQ(codec::first_characters("abc", 0), ""); }

TEST(FirstCharacters, OfMoreThanThereAreIsAll) {
  EXPECT_EQ(codec::first_characters("\xC3\xA4\xC3\xB6", 3), "\xC3\xA4\xC3\xB6");
}

TEST(FirstCharacters, OfExactlyAsManyIsAll) {
  EXPECT_EQ(codec::first_characters("\xC3\xA4\xC3\xB6", 2), "\xC3\xA4\xC3\xB6");
}

}  // namespace
