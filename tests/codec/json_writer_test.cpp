// SPDX-License-Identifier: Apache-2.0
#include "codec/json_writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace weft::testing {

namespace {

using codec::JsonWriter;

std::string text_of(std::string_view value) {
  std::string out;
  JsonWriter(out).text(value);
  return out;
}

template <class Number>
std::string number_of(Number value) {
  std::string out;
  JsonWriter(out).number(value);
  return out;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST(JsonWriter, PutsCommasBetweenMembersAndElements) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("a");
  json.begin_array();
  json.number(1);
  json.begin_object();
  json.end_object();
  json.boolean(true);
  json.end_array();
  json.member("b", "c");
  json.key("d");
  json.number(0.25);
  json.end_object();
  EXPECT_EQ(out, R"({"a":[1,{},true],"b":"c","d":0.25})");
}

TEST(JsonWriter, WritesBehindWhatTheStringHolds) {
  std::string out = "name: ";
  JsonWriter(out).text("value");
  EXPECT_EQ(out, "name: \"value\"");
}

TEST(JsonWriter, EscapesWhatTextMayNotHoldAndNothingElse) {
  EXPECT_EQ(text_of("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(text_of("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(text_of(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(text_of("</script>"), "\"</script>\"");
}

TEST(JsonWriter, EscapesTheNamesOfMembersToo) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("a\"\n", "b");
  json.end_object();
  EXPECT_EQ(out, R"({"a\"\n":"b"})");
}

TEST(JsonWriter, LeavesEveryWellFormedCharacterAsItIs) {
  // é, the line and paragraph separators that are no line's end in JSON, a non-character, 😀
  for (const std::string text :
       {"\xC3\xA9", "\xE2\x80\xA8\xE2\x80\xA9", "\xEF\xBF\xBF", "\xF0\x9F\x98\x80", "a\xC3\xA9z"}) {
    EXPECT_EQ(text_of(text), '"' + text + '"');
  }
}

TEST(JsonWriter, ReplacesEachBadByte) {
  const auto replaced = [](int count) {
    std::string text = "\"";
    while (count-- > 0) text += "\xEF\xBF\xBD";
    return text + '"';
  };
  EXPECT_EQ(text_of("\xFF"), replaced(1));
  EXPECT_EQ(text_of("\xE2\x80"), replaced(2));          // the end is missing
  EXPECT_EQ(text_of("\xC0\xAF"), replaced(2));          // overlong
  EXPECT_EQ(text_of("\xED\xA0\x80"), replaced(3));      // a surrogate
  EXPECT_EQ(text_of("\xF4\x90\x80\x80"), replaced(4));  // beyond U+10FFFF
  EXPECT_EQ(text_of("\xC3\"x"), "\"\xEF\xBF\xBD\\\"x\"");
}

TEST(JsonWriter, WritesTheShortestNumberThatReadsAsTheSame) {
  const std::vector<std::pair<double, std::string>> numbers{
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-2.5, "-2.5"},
      {100.0, "100.0"},
      {0.1, "0.1"},
      {0.0001, "0.0001"},
      {0.00012, "0.00012"},
      {0.00001, "1e-05"},
      {0.000012, "1.2e-05"},
      {123.456, "123.456"},
      {123456789012345.0, "123456789012345.0"},
      {1e15, "1e+15"},
      {1234567890123456.0, "1.234567890123456e+15"},
      {1e100, "1e+100"},
      {5e-324, "5e-324"},
      {1e14, "100000000000000.0"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
  };
  for (const auto& [value, text] : numbers) EXPECT_EQ(number_of(value), text);
}

// protobuf's JSON mapping, which OTLP follows; Zipkin has none, and takes a text for any value.
TEST(JsonWriter, NamesWhatJsonHasNoNumberFor) {
  EXPECT_EQ(number_of(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(number_of(kInfinity), "\"Infinity\"");
  EXPECT_EQ(number_of(-kInfinity), "\"-Infinity\"");
}

TEST(JsonWriter, WritesIntegersAsNumbersOrAsTextWhereTheRulesAskForText) {
  EXPECT_EQ(number_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.integer_text(std::numeric_limits<std::int64_t>::min());
  json.integer_text(std::numeric_limits<std::uint64_t>::max());
  json.end_array();
  EXPECT_EQ(out, R"(["-9223372036854775808","18446744073709551615"])");
}

TEST(JsonWriter, WritesIdsInHex) {
  std::string out;
  JsonWriter(out).hex(std::string_view("\x00\x0f\xa5\xff", 4));
  EXPECT_EQ(out, "\"000fa5ff\"");
}

}  // namespace weft::testing
