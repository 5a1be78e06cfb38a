// SPDX-License-Identifier: Apache-2.0
#include "otlp/request_encoder.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "codec/field_reader.hpp"
#include "exporters/records.hpp"
#include "otlp/json_text.hpp"

namespace weft::testing {

namespace {

using codec::FieldReader;
using codec::kBytes;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// ScopeSpans.scope {name} and ResourceSpans.resource {attributes: {key}}, as the tables hold them.
std::string scope_fields(const std::string& name) {
  return "\x0a" + std::string(1, static_cast<char>(name.size() + 2)) + "\x0a" +
         std::string(1, static_cast<char>(name.size())) + name;
}

struct DecodedScope {
  std::string fields;  // all but the spans
  std::vector<std::string> names;
};
struct DecodedResource {
  std::string fields;
  std::vector<DecodedScope> scopes;
};

std::string name_of(std::string_view span) {
  FieldReader fields(span);
  while (const auto field = fields.next()) {
    if (field->tag == codec::span_field::name) return std::string(field->bytes);
  }
  return "";
}

DecodedScope decode_scope(std::string_view message) {
  DecodedScope scope;
  FieldReader fields(message);
  while (const auto field = fields.next()) {
    if (field->tag == codec::tag(2, kBytes)) {
      scope.names.push_back(name_of(field->bytes));
    } else {
      scope.fields += field->encoded;
    }
  }
  EXPECT_FALSE(fields.malformed());
  return scope;
}

std::vector<DecodedResource> decode(std::string_view request) {
  std::vector<DecodedResource> resources;
  FieldReader requests(request);
  while (const auto resource = requests.next()) {
    EXPECT_EQ(resource->tag, codec::tag(1, kBytes));
    FieldReader fields(resource->bytes);
    DecodedResource decoded;
    while (const auto field = fields.next()) {
      if (field->tag == codec::tag(2, kBytes)) {
        decoded.scopes.push_back(decode_scope(field->bytes));
      } else {
        decoded.fields += field->encoded;
      }
    }
    EXPECT_FALSE(fields.malformed());
    resources.push_back(std::move(decoded));
  }
  EXPECT_FALSE(requests.malformed());
  return resources;
}

class RequestEncoderTest : public ::testing::Test {
 protected:
  std::string encode(const std::vector<detail::Record*>& batch, std::size_t limit = kNoLimit) {
    taken = encoder.plan(batch, limit);
    std::string bytes(encoder.size(), '?');
    EXPECT_EQ(encoder.write(bytes.data()), bytes.data() + bytes.size());
    return bytes;
  }

  Records records;
  otlp::RequestEncoder encoder;
  std::size_t taken = 0;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_F(RequestEncoderTest, PutsAllSpansOfOneScopeTogether) {
  const auto request = decode(encode({records.make({.name = "a"}), records.make({.name = "b"})}));
  ASSERT_EQ(request.size(), 1U);
  ASSERT_EQ(request[0].scopes.size(), 1U);
  EXPECT_EQ(request[0].scopes[0].names, (Names{"a", "b"}));
}

TEST_F(RequestEncoderTest, WritesTheFieldsOfScopeAndResourceOnce) {
  const std::string scope = scope_fields("library");
  const std::string resource = scope_fields("process");
  const RecordSpec spec{.scope = records.pool().add_scope(scope),
                        .resource = records.pool().add_resource(resource)};
  const auto request = decode(encode({records.make(spec), records.make(spec)}));
  ASSERT_EQ(request.size(), 1U);
  EXPECT_EQ(request[0].fields, resource);
  ASSERT_EQ(request[0].scopes.size(), 1U);
  EXPECT_EQ(request[0].scopes[0].fields, scope);
}

TEST_F(RequestEncoderTest, GroupsMixedSpansByResourceAndScopeInTheirOrder) {
  const std::uint16_t x = records.pool().add_scope(scope_fields("x"));
  const std::uint16_t y = records.pool().add_scope(scope_fields("y"));
  const std::uint16_t p = records.pool().add_resource(scope_fields("p"));
  const std::uint16_t q = records.pool().add_resource(scope_fields("q"));
  const auto request = decode(encode({
      records.make({.name = "1", .scope = x, .resource = p}),
      records.make({.name = "2", .scope = x, .resource = q}),
      records.make({.name = "3", .scope = y, .resource = p}),
      records.make({.name = "4", .scope = x, .resource = p}),
      records.make({.name = "5", .scope = x, .resource = q}),
      records.make({.name = "6", .scope = y, .resource = p}),
  }));
  ASSERT_EQ(request.size(), 2U);
  EXPECT_EQ(request[0].fields, scope_fields("p"));
  EXPECT_EQ(request[1].fields, scope_fields("q"));
  ASSERT_EQ(request[0].scopes.size(), 2U);
  ASSERT_EQ(request[1].scopes.size(), 1U);
  EXPECT_EQ(request[0].scopes[0].names, (Names{"1", "4"}));
  EXPECT_EQ(request[0].scopes[1].names, (Names{"3", "6"}));
  EXPECT_EQ(request[1].scopes[0].names, (Names{"2", "5"}));
}

TEST_F(RequestEncoderTest, CarriesNothingOverToTheNextRequest) {
  const std::uint16_t x = records.pool().add_scope(scope_fields("x"));
  encode({records.make({.name = "a"}), records.make({.name = "b", .scope = x})});
  const auto request = decode(encode({records.make({.name = "c", .scope = x})}));
  ASSERT_EQ(request.size(), 1U);
  ASSERT_EQ(request[0].scopes.size(), 1U);
  EXPECT_EQ(request[0].scopes[0].names, (Names{"c"}));
}

TEST_F(RequestEncoderTest, WritesSpansThatOutgrewTheirRecord) {
  const RecordSpec spec{.name = "large", .attributes = {{"text", std::string(50'000, 'x')}}};
  const std::string bytes = encode({records.make(spec)});
  EXPECT_NE(bytes.find(std::string(50'000, 'x')), std::string::npos);
  EXPECT_EQ(decode(bytes).at(0).scopes.at(0).names, (Names{"large"}));
}

TEST_F(RequestEncoderTest, TakesFromTheFrontWhatStaysWithinTheLimit) {
  const std::uint16_t x = records.pool().add_scope(scope_fields(std::string(100, 'x')));
  const std::vector<detail::Record*> batch{records.make({.name = "a"}), records.make({.name = "b"}),
                                           records.make({.name = "c", .scope = x})};
  const std::size_t two = encode({batch[0], batch[1]}).size() + 50;
  const std::string bytes = encode(batch, two);
  EXPECT_EQ(taken, 2U);
  EXPECT_LE(bytes.size(), two);
  EXPECT_EQ(decode(bytes).at(0).scopes.at(0).names, (Names{"a", "b"}));
}

TEST_F(RequestEncoderTest, TakesNothingWhenTheFirstSpanIsBeyondTheLimit) {
  encode({records.make({.attributes = {{"text", std::string(500, 'x')}}})}, 400);
  EXPECT_EQ(taken, 0U);
}

TEST_F(RequestEncoderTest, StaysWithinEveryLimit) {
  std::vector<detail::Record*> batch;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::uint16_t scope = records.pool().add_scope(scope_fields(std::string(i, 's')));
    batch.push_back(records.make({.attributes = {{"a", std::string(i * 7, 'x')}}, .scope = scope}));
  }
  for (std::size_t limit = 200; limit < 8000; limit += 61) {
    EXPECT_LE(encode(batch, limit).size(), limit);
  }
}

namespace {

// A field whose content is shorter than 128 bytes.
std::string field(std::uint32_t number, const std::string& content) {
  return static_cast<char>(codec::tag(number, kBytes)) +
         (static_cast<char>(content.size()) + content);
}

// A request with a span of these fields.
std::string json_of(const std::string& span) {
  const std::string text = otlp::json_text(field(1, field(2, field(2, span))));
  const std::string before = R"({"resourceSpans":[{"scopeSpans":[{"spans":[)";
  EXPECT_TRUE(text.starts_with(before) && text.ends_with("]}]}]}")) << text;
  return text.substr(before.size(), text.size() - before.size() - 6);
}

}  // namespace

TEST(JsonText, HasARepeatedFieldTogetherWhateverCameBetween) {
  const std::string a = field(9, field(1, "a"));
  const std::string b = field(9, field(1, "b"));
  const std::string event = field(11, field(2, "e"));
  EXPECT_EQ(json_of(a + event + b),
            R"({"attributes":[{"key":"a"},{"key":"b"}],"events":[{"name":"e"}]})");
}

TEST(JsonText, HasTheLastOfAFieldThatIsNotRepeated) {
  EXPECT_EQ(json_of(field(5, "first") + field(3, "s") + field(5, "last")),
            R"({"name":"last","traceState":"s"})");
}

TEST(JsonText, EscapesAndRepairsTexts) {
  EXPECT_EQ(json_of(field(5, "a\"\n\x01\xff")), "{\"name\":\"a\\\"\\n\\u0001\xef\xbf\xbd\"}");
}

TEST(JsonText, HasAnObjectThatIsEmpty) { EXPECT_EQ(json_of(field(15, "")), R"({"status":{}})"); }

}  // namespace weft::testing
