// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "codec/json_writer.hpp"
#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "zipkin/zipkin_protocol.hpp"
#include "zipkin/zipkin_settings.hpp"
#include "zipkin/zipkin_span.hpp"

// The mapping of the specification, rule by rule; delivery is otlp_http's.

namespace weft::testing {

namespace {

using namespace std::chrono_literals;
using delivery::Verdict;
using nlohmann::json;

SpanData span_data() {
  SpanData span;
  span.name = "charge card";
  span.context = SpanContext(trace_id_of(1), span_id_of(2), TraceFlags(TraceFlags::kSampled));
  span.start_time = std::chrono::system_clock::from_time_t(1792000000) + 1234ns;
  span.end_time = span.start_time + 1999ns;
  span.resource = Resource({{"service.name", "shop"}});
  return span;
}

json zipkin_of(const SpanData& span) {
  std::string text;
  codec::JsonWriter writer(text);
  zipkin::write_span(writer, span);
  return json::parse(text);
}

json tags_of(const SpanData& span) { return zipkin_of(span).value("tags", json::object()); }

json remote_of(const std::vector<Attribute>& attributes, SpanKind kind = SpanKind::client) {
  SpanData span = span_data();
  span.kind = kind;
  span.attributes = attributes;
  return zipkin_of(span).value("remoteEndpoint", json());
}

}  // namespace

TEST(Zipkin, HasIdsInHexAndTimesInWholeMicroseconds) {
  SpanData span = span_data();
  span.parent = SpanContext(trace_id_of(1), span_id_of(3), TraceFlags());
  EXPECT_EQ(zipkin_of(span), json({{"traceId", "01010101010101010101010101010101"},
                                   {"id", "0202020202020202"},
                                   {"parentId", "0303030303030303"},
                                   {"name", "charge card"},
                                   {"timestamp", 1792000000000001},
                                   {"duration", 1},
                                   {"localEndpoint", {{"serviceName", "shop"}}}}));
}

TEST(Zipkin, LeavesOutTheParentOfARoot) {
  EXPECT_FALSE(zipkin_of(span_data()).contains("parentId"));
}

TEST(Zipkin, HasNoDurationOfNought) {
  SpanData span = span_data();
  span.end_time = span.start_time + 5ns;
  EXPECT_EQ(zipkin_of(span)["duration"], 1);
}

TEST(Zipkin, NamesTheKindAndLeavesOutInternal) {
  SpanData span = span_data();
  EXPECT_FALSE(zipkin_of(span).contains("kind"));
  const std::vector<std::pair<SpanKind, const char*>> kinds{{SpanKind::server, "SERVER"},
                                                            {SpanKind::client, "CLIENT"},
                                                            {SpanKind::producer, "PRODUCER"},
                                                            {SpanKind::consumer, "CONSUMER"}};
  for (const auto& [kind, name] : kinds) {
    span.kind = kind;
    EXPECT_EQ(zipkin_of(span)["kind"], name);
  }
}

TEST(Zipkin, MakesTextOfEveryAttribute) {
  SpanData span = span_data();
  span.attributes = {{"text", "visa"},
                     {"yes", true},
                     {"number", -5},
                     {"real", 0.5},
                     {"nan", std::nan("")},
                     {"list", AttributeValue::Array{1, "two", true}},
                     {"map", AttributeValue::Map{{"inner", 1}}}};
  EXPECT_EQ(tags_of(span), json({{"text", "visa"},
                                 {"yes", "true"},
                                 {"number", "-5"},
                                 {"real", "0.5"},
                                 {"nan", "NaN"},
                                 {"list", "[1,\"two\",true]"},
                                 {"map", "{\"inner\":1}"}}));
}

TEST(Zipkin, HasTheResourcesAttributesAsTagsAndTheSpansOwnWin) {
  SpanData span = span_data();
  span.resource =
      Resource({{"service.name", "shop"}, {"service.namespace", "eu"}, {"both", "resource"}});
  span.attributes = {{"both", "span"}};
  EXPECT_EQ(tags_of(span), json({{"service.namespace", "eu"}, {"both", "span"}}));
}

TEST(Zipkin, TellsTheStatusUnlessItIsUnset) {
  SpanData span = span_data();
  EXPECT_EQ(tags_of(span), json::object());
  span.status = {StatusCode::ok, ""};
  EXPECT_EQ(tags_of(span), json({{"otel.status_code", "OK"}}));
  span.status = {StatusCode::error, "declined"};
  EXPECT_EQ(tags_of(span), json({{"otel.status_code", "ERROR"}, {"error", "declined"}}));
  span.status = {StatusCode::error, ""};
  EXPECT_EQ(tags_of(span), json({{"otel.status_code", "ERROR"}, {"error", ""}}));
}

TEST(Zipkin, DropsAnErrorTagThatIsFalse) {
  SpanData span = span_data();
  span.attributes = {{"error", false}};
  EXPECT_EQ(tags_of(span), json::object());
}

TEST(Zipkin, NamesTheScopeAndCountsWhatWasDropped) {
  SpanData span = span_data();
  span.scope = {.name = "library", .version = "1.2"};
  span.dropped_attributes_count = 1;
  span.dropped_events_count = 2;
  span.dropped_links_count = 3;
  EXPECT_EQ(tags_of(span), json({{"otel.scope.name", "library"},
                                 {"otel.scope.version", "1.2"},
                                 {"otel.dropped_attributes_count", "1"},
                                 {"otel.dropped_events_count", "2"},
                                 {"otel.dropped_links_count", "3"}}));
}

TEST(Zipkin, MakesAnAnnotationOfAnEventWithItsAttributesInItsText) {
  SpanData span = span_data();
  span.events = {{.name = "plain", .time = span.start_time},
                 {.name = "my \"event\"",
                  .time = span.start_time + 1us,
                  .attributes = {{"key1", "value1"}, {"key2", 2}}}};
  EXPECT_EQ(zipkin_of(span)["annotations"],
            json({{{"timestamp", 1792000000000001}, {"value", "plain"}},
                  {{"timestamp", 1792000000000002},
                   {"value", "\"my \\\"event\\\"\": {\"key1\":\"value1\",\"key2\":2}"}}}));
}

TEST(Zipkin, NamesWhomAClientCalledByTheHighestRank) {
  EXPECT_EQ(remote_of({{"db.name", "stock"}, {"server.address", "db1"}, {"peer.service", "store"}}),
            json({{"serviceName", "store"}}));
  EXPECT_EQ(remote_of({{"db.name", "stock"}, {"server.address", "db1"}}),
            json({{"serviceName", "db1"}}));
  EXPECT_EQ(remote_of({{"db.name", "stock"}}), json({{"serviceName", "stock"}}));
}

TEST(Zipkin, GivesTheAddressAndPortOfAPeer) {
  EXPECT_EQ(remote_of({{"network.peer.address", "10.0.0.1"}, {"network.peer.port", 5432}}),
            json({{"ipv4", "10.0.0.1"}, {"port", 5432}}));
  EXPECT_EQ(remote_of({{"network.peer.address", "::1"}}), json({{"ipv6", "::1"}}));
}

TEST(Zipkin, HasNoRemoteEndpointForOtherKinds) {
  EXPECT_TRUE(remote_of({{"peer.service", "store"}}, SpanKind::server).is_null());
  EXPECT_FALSE(remote_of({{"peer.service", "store"}}, SpanKind::producer).is_null());
}

TEST(Zipkin, SurvivesTextThatIsNoUtf8) {
  SpanData span = span_data();
  span.name = "bad \xff byte";
  EXPECT_EQ(zipkin_of(span)["name"], "bad \xef\xbf\xbd byte");
}

TEST(ZipkinRequest, IsAListOfTheSpansThatFit) {
  Records records;
  zipkin::ZipkinProtocol protocol;
  wire::Buffer body;
  const detail::SharedBatch batch = records.batch(10);
  const delivery::Encoded encoded = protocol.encode(batch.records(), 500, body);
  EXPECT_LE(body.size(), 500U);
  EXPECT_LT(encoded.taken, 10U);
  EXPECT_EQ(json::parse(body.view()).size(), encoded.taken);
  EXPECT_TRUE(protocol.encode(batch.records(), 20, body).too_large);
}

TEST(ZipkinRequest, IsAcceptedWithAnyStatusOfSuccess) {
  const zipkin::ZipkinProtocol protocol;
  const auto verdict = [&](long status) {
    return protocol.judge({.kind = wire::Reply::Kind::answered, .status = status}, {}).kind;
  };
  EXPECT_EQ(verdict(202), Verdict::Kind::delivered);
  EXPECT_EQ(verdict(503), Verdict::Kind::again);
  EXPECT_EQ(verdict(400), Verdict::Kind::refused);
}

TEST(ZipkinOptions, ComeFromTheirVariables) {
  std::vector<Error> problems;
  EXPECT_EQ(zipkin::delivery_settings({}, problems).http.endpoint.url,
            "http://localhost:9411/api/v2/spans");
  ::setenv("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://z/x", 1);
  ::setenv("OTEL_EXPORTER_ZIPKIN_TIMEOUT", "250", 1);
  const auto settings = zipkin::delivery_settings({}, problems);
  ::unsetenv("OTEL_EXPORTER_ZIPKIN_ENDPOINT");
  ::unsetenv("OTEL_EXPORTER_ZIPKIN_TIMEOUT");
  EXPECT_EQ(settings.http.endpoint.url, "http://z/x");
  EXPECT_EQ(settings.http.timeout, std::chrono::milliseconds{250});
  EXPECT_TRUE(problems.empty());
}

}  // namespace weft::testing
