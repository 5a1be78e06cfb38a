// SPDX-License-Identifier: Apache-2.0
// The form; what it says is judged by protobuf (tests/conformance/self_metrics.py).
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tracer/json_writer.hpp"
#include "tracer/stats_reporter.hpp"

namespace {

using weft::Resource;
using weft::Stats;
using weft::detail::JsonWriter;
using weft::detail::stats_as_otlp_json;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(JsonWriter, PutsCommasBetweenMembersAndElements) {
  JsonWriter json;
  json.begin_object();
  json.key("a");
  json.begin_array();
  json.number(1);
  json.begin_object();
  json.end_object();
  json.boolean(true);
  json.end_array();
  json.member("b", std::string("c"));
  json.key("d");
  json.number(0.25);
  json.end_object();
  EXPECT_EQ(std::move(json).take(), R"({"a":[1,{},true],"b":"c","d":0.25})");
}

TEST(JsonWriter, EscapesWhatTextMayNotHold) {
  JsonWriter json;
  json.text("\"\\/\n\x01\x1f\x7fé");
  EXPECT_EQ(std::move(json).take(), "\"\\\"\\\\/\\u000a\\u0001\\u001f\x7fé\"");
}

TEST(SelfMetrics, WriteEachTypeOfTheResourcesAttributes) {
  const std::string line = stats_as_otlp_json(
      {Stats()}, Resource({{"a", -5}, {"b", true}, {"c", 1.5}, {"e", "x\ny"}}), 1, 2);
  EXPECT_TRUE(contains(line, R"({"key":"a","value":{"intValue":"-5"}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"b","value":{"boolValue":true}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"c","value":{"doubleValue":1.5}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"e","value":{"stringValue":"x\u000ay"}})")) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(SelfMetrics, WriteAsTextWhatJsonHasNoNumberFor) {
  const std::string line =
      stats_as_otlp_json({Stats()}, Resource({{"a", NAN}, {"b", -INFINITY}}), 1, 2);
  EXPECT_TRUE(contains(line, R"({"doubleValue":"NaN"})")) << line;
  EXPECT_TRUE(contains(line, R"({"doubleValue":"-Infinity"})")) << line;
}

TEST(SelfMetrics, CountAnExportersFailuresByReason) {
  Stats stats;
  stats.exporters.emplace_back().name = "otlp_http";
  stats.exporters[0].failures.too_large = 3;
  stats.exporters[0].failures.queue_full = 2;
  const std::string line = stats_as_otlp_json({stats}, Resource(), 1, 2);
  EXPECT_TRUE(contains(line, R"({"key":"error.type","value":{"stringValue":"too_large"}})"))
      << line;
  EXPECT_TRUE(contains(
      line, R"(otlp_http_exporter/0"}},{"key":"error.type","value":{"stringValue":"queue_full"}})"))
      << line;
  EXPECT_TRUE(contains(line, R"("stringValue":"otlp_http_exporter/0")")) << line;
  EXPECT_FALSE(contains(line, "rejected")) << line;
}

TEST(SelfMetrics, WithoutExportersHaveNoneOfTheirs) {
  EXPECT_FALSE(contains(stats_as_otlp_json({Stats()}, Resource(), 1, 2), "otel.sdk.exporter"));
}

}  // namespace
