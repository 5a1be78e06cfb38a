// SPDX-License-Identifier: Apache-2.0
// One table for each production of the baggage header: W3C Baggage, 3.3.1.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "baggage_header.hpp"
#include "utf8.hpp"
#include "white_space.hpp"

namespace {

using namespace weft::w3c;
using namespace std::string_literals;

constexpr auto kReplaced = "\xEF\xBF\xBD";

TEST(WhiteSpace, Table) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"", ""},      {" ", ""},         {"\t \t", ""},  {"a", "a"},
      {" a\t", "a"}, {"\ta b ", "a b"}, {"\na", "\na"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(trimmed(text), expected) << text;
}

TEST(BaggageKey, EveryCharacter) {
  const std::string_view allowed =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int c = 0; c < 256; ++c) {
    const std::string text(1, static_cast<char>(c));
    EXPECT_EQ(is_baggage_key(text), allowed.find(text) != std::string_view::npos) << c;
    EXPECT_EQ(is_baggage_key("a" + text + "b"), is_baggage_key(text)) << c;
  }
  EXPECT_FALSE(is_baggage_key(""));
}

TEST(BaggageValue, EveryCharacter) {
  for (int c = 0; c < 256; ++c) {
    const bool is_octet = c == 0x21 || (c >= 0x23 && c <= 0x2B) || (c >= 0x2D && c <= 0x3A) ||
                          (c >= 0x3C && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
    const std::string text = "a"s + static_cast<char>(c) + "b";
    EXPECT_EQ(is_baggage_value(text), is_octet && c != '%') << c;
  }
}

TEST(BaggageValue, Table) {
  const std::vector<std::pair<std::string_view, bool>> table = {
      {"", true},      {"a=b==", true}, {"%20", true},  {"%c3%A9", true}, {"a%2Cb", true},
      {"%", false},    {"%4", false},   {"a%", false},  {"%zz", false},   {"%2", false},
      {"%20%", false}, {"%%20", false}, {"%2g", false}, {"a b", false},   {"caf\xC3\xA9", false},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(is_baggage_value(text), expected) << text;
}

TEST(BaggageMetadata, Table) {
  const std::vector<std::pair<std::string, bool>> table = {
      {"", true},      {"p1", true},     {"p1;p2=x", true}, {"p 1 ; p2 = \"x\"\\", true},
      {"a\tb", true},  {"a,b", false},   {"a\nb", false},   {"a\x7F", false},
      {"\x80", false}, {"a\0b"s, false},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(is_baggage_metadata(text), expected) << text;
}

TEST(BaggageMemberRead, TableOfGoodOnes) {
  const std::vector<std::pair<std::string_view, BaggageMember>> table = {
      {"k=v", {"k", "v", ""}},
      {"k=", {"k", "", ""}},
      {"k=v=w=", {"k", "v=w=", ""}},
      {"k =v", {"k", "v", ""}},
      {" \tk \t = \t v \t ", {"k", "v", ""}},
      {"k=v;p", {"k", "v", "p"}},
      {"k=v;", {"k", "v", ""}},
      {"k=v \t ; \t p1 ; p2 = x", {"k", "v", "p1 ; p2 = x"}},
      {"k=;p=a=b", {"k", "", "p=a=b"}},
      {"k%20=v", {"k%20", "v", ""}},
      {"userId=Am%C3%A9lie", {"userId", "Am%C3%A9lie", ""}},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(read_baggage_member(text), expected) << text;
}

TEST(BaggageMemberRead, TableOfBadOnes) {
  const std::vector<std::string> table = {
      "",        "k",         "k;p",     "=v",     " = v",     "k k=v", "k;p=v",
      "k\"=v",   "k=v w",     "k=\"v\"", "k=v\\w", "k=%",      "k=%4",  "k=caf\xC3\xA9",
      "k=a\0b"s, "k=v;p\x80", "(k)=v",   "k@x=v",  "k=v;a\nb",
  };
  for (const std::string& text : table) EXPECT_FALSE(read_baggage_member(text)) << text;
}

TEST(BaggageDecode, Table) {
  const std::vector<std::pair<std::string_view, std::string>> table = {
      {"", ""},
      {"plain", "plain"},
      {"a+b", "a+b"},
      {"DF%2028", "DF 28"},
      {"Am%C3%A9lie", "Am\xC3\xA9lie"},
      {"am%c3%a9lie", "am\xC3\xA9lie"},
      {"%F0%9F%98%80", "\xF0\x9F\x98\x80"},
      {"%00", "\0"s},
      {"%25%32%30", "%20"},
      {"%FF", kReplaced},
      {"a%C3b", "a"s + kReplaced + "b"},
      {"%C3", kReplaced},
      {"%E2%82", kReplaced + ""s + kReplaced},
      {"%ED%A0%80", kReplaced + ""s + kReplaced + kReplaced},
      {"%C0%AF", kReplaced + ""s + kReplaced},
      {"%F4%90%80%80", kReplaced + ""s + kReplaced + kReplaced + kReplaced},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(decode_value(text), expected) << text;
}

TEST(Utf8, SizeOfTheFirstCharacterTable) {
  const std::vector<std::pair<std::string_view, std::size_t>> table = {
      {"a", 1},
      {{"\0", 1}, 1},
      {"\x7F", 1},
      {"\xC2\x80", 2},
      {"\xDF\xBF!", 2},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xEE\x80\x80", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\x80", 0},
      {"\xBF", 0},
      {"\xC0\x80", 0},
      {"\xC1\xBF", 0},
      {"\xC2", 0},
      {"\xC2\x7F", 0},
      {"\xC2\xC0", 0},
      {"\xE0\x9F\xBF", 0},
      {"\xED\xA0\x80", 0},
      {"\xE2\x82", 0},
      {"\xE2\x82\x28", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF0\x90\x80", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xFF", 0},
  };
  for (const auto& [text, size] : table) EXPECT_EQ(character_size(text), size) << text;
}

std::string written(std::string key, std::string value, std::string metadata = {}) {
  BaggageHeader header;
  header.add({std::move(key), std::move(value), std::move(metadata)});
  return std::string(header.view());
}

TEST(BaggageWrite, EveryCharacterOfAValue) {
  const std::string_view encoded = "\"%,;\\ ";
  for (int c = 0; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    char percent[4];
    std::snprintf(percent, sizeof percent, "%%%02X", static_cast<unsigned>(c));
    const bool is_plain = c > 0x20 && c < 0x7F && encoded.find(text) == std::string_view::npos;
    EXPECT_EQ(written("k", text), "k=" + (is_plain ? text : percent)) << c;
  }
}

TEST(BaggageWrite, Table) {
  struct Case {
    std::string key, value, metadata, expected;
  };
  const std::vector<Case> table = {
      {"userId", "Am\xC3\xA9lie", "", "userId=Am%C3%A9lie"},
      {"k", "a+b=c", "", "k=a+b=c"},
      {"k", "DF 28", "", "k=DF%2028"},
      {"k", "", "", "k="},
      {"k", "\xFF", "", "k=%EF%BF%BD"},
      {"k", "a\xC3", "", "k=a%EF%BF%BD"},
      {"k", "v", "p1;p2=x y", "k=v;p1;p2=x y"},
      {"k", "v", "a,b\r\nx: y", "k=v;a%2Cb%0D%0Ax: y"},
      {"", "v", "", ""},
      {"not a token", "v", "", ""},
      {"k,l", "v", "", ""},
      {"k\r\nx", "v", "", ""},
      {"k\xC3\xA9", "v", "", ""},
  };
  for (const Case& c : table) EXPECT_EQ(written(c.key, c.value, c.metadata), c.expected) << c.value;
}

}  // namespace
