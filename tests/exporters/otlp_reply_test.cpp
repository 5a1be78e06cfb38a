// SPDX-License-Identifier: Apache-2.0
#include "delivery/printable.hpp"
#include "otlp/reply.hpp"

#include <gtest/gtest.h>

namespace weft::testing {

namespace {

using namespace std::string_view_literals;

}  // namespace

TEST(OtlpReply, EmptyIsFullSuccess) {
  const auto reply = otlp::read_response("");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->rejected_spans, 0U);
  EXPECT_EQ(reply->message, "");
}

TEST(OtlpReply, ReadsPartialSuccess) {
  const auto reply = otlp::read_response("\x0a\x0a\x08\x96\x01\x12\x05quota"sv);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->rejected_spans, 150U);
  EXPECT_EQ(reply->message, "quota");
}

TEST(OtlpReply, SkipsFieldsItDoesNotKnow) {
  // 15: varint, 2: bytes, 3: fixed64, 4: fixed32, around and inside partial_success.
  const auto reply = otlp::read_response(
      "\x78\x05\x12\x02hi\x0a\x0e\x19"
      "12345678"
      "\x08\x02\x25"
      "1234"
      "\x78\x01"sv.substr(0, 6 + 17));
  EXPECT_FALSE(reply.has_value());  // cut short: refused, not misread
  const auto whole = otlp::read_response(
      "\x78\x05\x12\x02hi\x0a\x12\x19"
      "12345678"
      "\x08\x02\x25"
      "1234"
      "\x78\x01"sv);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->rejected_spans, 2U);
}

TEST(OtlpReply, TakesANegativeCountForNone) {
  const auto reply = otlp::read_response("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->rejected_spans, 0U);
}

TEST(OtlpReply, RefusesWhatIsNoMessage) {
  for (const std::string_view body :
       {"ok"sv, "{}"sv, "\x0a\x7f"sv, "\xff\xff\xff\xff\xff"sv, "\x0a\x02\x08"sv, "<html>"sv}) {
    EXPECT_FALSE(otlp::read_response(body).has_value()) << body;
  }
}

TEST(OtlpReply, ReadsTheMessageOfAStatus) {
  EXPECT_EQ(otlp::read_status_message("\x08\x03\x12\x08"
                                      "bad span"sv),
            "bad span");
}

TEST(OtlpReply, HasNoMessageForWhatIsNoStatus) {
  EXPECT_EQ(otlp::read_status_message("\x12\x7f"
                                      "bad"sv),
            "");
}

TEST(OtlpReply, MakesOneLineOfAPeersText) {
  EXPECT_EQ(delivery::printable("two\nlines\x1b[31m \t"), "two lines [31m");
  EXPECT_EQ(delivery::printable("bad \xff byte"), "bad \xef\xbf\xbd byte");
}

TEST(OtlpReply, CutsAPeersLongText) {
  const std::string line = delivery::printable(std::string(10'000'000, 'x'));
  std::string cut(300, 'x');
  cut += " [cut]";
  EXPECT_EQ(line, cut);
}

TEST(OtlpReply, ReadsAPartialSuccessInJson) {
  const auto partial = otlp::read_json_response(
      R"({"partialSuccess": {"rejectedSpans": "5", "errorMessage": "quota"}, "later": 1})");
  ASSERT_TRUE(partial.has_value());
  EXPECT_EQ(partial->rejected_spans, 5U);
  EXPECT_EQ(partial->message, "quota");
}

TEST(OtlpReply, ReadsACountInJsonThatIsANumber) {
  EXPECT_EQ(otlp::read_json_response(R"({"partialSuccess": {"rejectedSpans": 7}})")->rejected_spans,
            7U);
}

TEST(JsonReply, MayHaveACountOfAnyShape) {
  const std::vector<std::pair<const char*, std::uint64_t>> counts{
      {"3.0", 3},      {"1e2", 100},     {"-3", 0},
      {"-3.5", 0},     {"\"-3\"", 0},    {"\"\"", 0},
      {"\"many\"", 0}, {"true", 0},      {"null", 0},
      {"[3]", 0},      {"{\"a\":3}", 0}, {"\"9223372036854775807\"", 9223372036854775807U},
  };
  for (const auto& [count, expected] : counts) {
    const auto partial = otlp::read_json_response(R"({"partialSuccess":{"rejectedSpans":)" +
                                                  std::string(count) + "}}");
    ASSERT_TRUE(partial.has_value()) << count;
    EXPECT_EQ(partial->rejected_spans, expected) << count;
  }
  EXPECT_GT(
      otlp::read_json_response(R"({"partialSuccess":{"rejectedSpans":1e300}})")->rejected_spans,
      0U);
}

TEST(JsonReply, OfTwoPartialSuccessesTheLastCounts) {
  EXPECT_EQ(
      otlp::read_json_response(R"({"partialSuccess": {"rejectedSpans": 5}, "partialSuccess": {}})")
          ->rejected_spans,
      0U);
}

TEST(JsonReply, OfTwoCountsTheLastCountsWhateverItIs) {
  for (const char* last : {"-1.5", "-1", "null", "true", "[7]"}) {
    const auto partial = otlp::read_json_response(
        R"({"partialSuccess":{"rejectedSpans":5,"rejectedSpans":)" + std::string(last) + "}}");
    ASSERT_TRUE(partial.has_value()) << last;
    EXPECT_EQ(partial->rejected_spans, 0U) << last;
  }
}

TEST(JsonReply, OfTwoMessagesTheLastCountsWhateverItIs) {
  EXPECT_EQ(
      otlp::read_json_response(R"({"partialSuccess":{"errorMessage":"quota","errorMessage":null}})")
          ->message,
      "");
  EXPECT_EQ(otlp::read_json_status_message(R"({"message":"quota","message":null})"), "");
}

TEST(OtlpReply, TakesAnEmptyJsonReplyForAFullSuccess) {
  for (const char* body : {"", "{}", R"({"partialSuccess": {}})", R"({"partialSuccess": null})"}) {
    const auto partial = otlp::read_json_response(body);
    ASSERT_TRUE(partial.has_value()) << body;
    EXPECT_EQ(partial->rejected_spans, 0U) << body;
  }
}

TEST(OtlpReply, IsNoneForWhatIsNoJsonObject) {
  for (const char* body : {"{", "[]", "ok", "nul"}) {
    EXPECT_FALSE(otlp::read_json_response(body).has_value()) << body;
  }
}

TEST(OtlpReply, SurvivesJsonThatIsNestedWithoutEnd) {
  EXPECT_FALSE(otlp::read_json_response(std::string(1'000'000, '[')).has_value());
}

TEST(OtlpReply, ReadsTheMessageOfAStatusInJson) {
  EXPECT_EQ(otlp::read_json_status_message(R"({"code": 3, "message": "bad\nspan"})"), "bad span");
  EXPECT_EQ(otlp::read_json_status_message("{"), "");
}

}  // namespace weft::testing
