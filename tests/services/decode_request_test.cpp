// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "received_span.hpp"

namespace viewer {
namespace {

using namespace std::string_literals;

std::string varint(std::size_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes + static_cast<char>(value);
}
std::string field(unsigned number, const std::string& bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + bytes;
}
std::string text_attribute(const std::string& key, const std::string& text) {
  return field(1, key) + field(2, field(1, text));
}
const std::string kIds = field(1, std::string(16, '\x12')) + field(2, std::string(8, '\x34'));

std::string request(const std::string& span) {
  const std::string resource = field(1, field(1, text_attribute("service.name", "shop")));
  return field(1, resource + field(2, field(1, field(1, "scope")) + field(2, span)));
}

TEST(DecodeRequest, ReadsASpanWithItsResourceAndScope) {
  const std::string span = kIds + field(4, std::string(8, '\x56')) + field(5, "name") +
                           "\x30\x02"s +                              // kind: server
                           "\x39\x01\x00\x00\x00\x00\x00\x00\x00"s +  // start
                           "\x41\x05\x00\x00\x00\x00\x00\x00\x00"s +  // end
                           field(9, text_attribute("k", "v")) +
                           field(15, field(2, "why") + "\x18\x02"s) +  // status: error
                           "\x85\x01\x01\x03\x00\x00"s;                // flags: sampled, remote
  const auto spans = decode_request(request(span));
  ASSERT_TRUE(spans && spans->size() == 1);
  const ReceivedSpan& read = spans->front();
  EXPECT_EQ(read.trace_id, "12121212121212121212121212121212");
  EXPECT_EQ(read.span_id, "3434343434343434");
  EXPECT_EQ(read.parent_id, "5656565656565656");
  EXPECT_TRUE(read.parent_is_remote);
  EXPECT_EQ(read.service, "shop");
  EXPECT_EQ(read.scope, "scope");
  EXPECT_EQ(read.name, "name");
  EXPECT_EQ(read.kind_name(), "server");
  EXPECT_EQ(read.start_ns, 1U);
  EXPECT_EQ(read.end_ns, 5U);
  EXPECT_TRUE(read.failed());
  EXPECT_EQ(read.status_message, "why");
  EXPECT_EQ(read.attribute("k"), "v");
}

TEST(DecodeRequest, ReadsEveryKindOfValueAsText) {
  const auto value_of = [](const std::string& value) {
    const auto spans = decode_request(request(kIds + field(9, field(1, "k") + field(2, value))));
    return spans ? std::string(spans->front().attribute("k")) : "refused";
  };
  EXPECT_EQ(value_of("\x10\x01"s), "true");
  EXPECT_EQ(value_of("\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s), "-1");
  EXPECT_EQ(value_of("\x21\x00\x00\x00\x00\x00\x00\xF8\x3F"s), "1.5");
  EXPECT_EQ(value_of(field(5, field(1, field(1, "a")) + field(1, "\x18\x02"s))), "[a, 2]");
  EXPECT_EQ(value_of(field(6, field(1, text_attribute("x", "y")))), "{x: y}");
  EXPECT_EQ(value_of(field(7, "\x0F\xA0"s)), "0fa0");
  EXPECT_EQ(value_of(""), "");
}

TEST(DecodeRequest, RefusesValuesThatNestWithoutEnd) {
  std::string value = field(1, "x");
  for (int i = 0; i < 20; ++i) value = field(5, field(1, value));
  EXPECT_FALSE(decode_request(request(kIds + field(9, field(1, "k") + field(2, value)))));
}

TEST(DecodeRequest, RefusesIdsOfTheWrongSize) {
  EXPECT_FALSE(decode_request(request(field(1, "short") + field(2, std::string(8, 'x')))));
  EXPECT_FALSE(decode_request(request(field(1, std::string(16, 'x')) + field(2, "short"))));
  EXPECT_FALSE(decode_request(request(kIds + field(4, "short"))));
  EXPECT_FALSE(decode_request(request(field(5, "no ids"))));
}

TEST(DecodeRequest, RefusesWhatIsNoMessageAndReadsAnEmptyOne) {
  EXPECT_FALSE(decode_request("nonsense"));
  EXPECT_TRUE(decode_request("")->empty());
}

TEST(SpanJson, IsOneLineThatEscapesWhatItMust) {
  ReceivedSpan span;
  span.name = "a \"b\" \\ \n";
  span.events.emplace_back().name = "e";
  const std::string json = to_json(span);
  EXPECT_NE(json.find(R"("name":"a \"b\" \\ \u000a")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("events":[{"name":"e","time_ns":0,"attributes":{}}]})"),
            std::string::npos);
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace viewer
