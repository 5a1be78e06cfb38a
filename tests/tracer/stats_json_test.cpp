// SPDX-License-Identifier: Apache-2.0
// The form; what it says is judged by protobuf (tests/conformance/self_metrics.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

#include "tracer/stats_reporter.hpp"

namespace {

using weft::Resource;
using weft::Stats;
using weft::detail::stats_as_otlp_json;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(SelfMetrics, WriteEachTypeOfTheResourcesAttributes) {
  const std::string line = stats_as_otlp_json(
      {Stats()}, Resource({{"a", -5}, {"b", true}, {"c", 1.5}, {"e", "x\ny"}}), 1, 2);
  EXPECT_TRUE(contains(line, R"({"key":"a","value":{"intValue":"-5"}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"b","value":{"boolValue":true}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"c","value":{"doubleValue":1.5}})")) << line;
  EXPECT_TRUE(contains(line, R"({"key":"e","value":{"stringValue":"x\ny"}})")) << line;
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

/// The part of the line that is the durations of an exporter's operations.
std::string durations_in(const Stats& stats) {
  const std::string line = stats_as_otlp_json({stats}, Resource(), 1, 2);
  return line.substr(std::min(line.size(), line.find("otel.sdk.exporter.operation.duration")));
}

constexpr const char* kRejected = R"({"key":"error.type","value":{"stringValue":"rejected"}})";

TEST(SelfMetrics, TellTheDurationsOfAnExportersFailuresApart) {
  Stats stats;
  weft::ExporterStats& exporter = stats.exporters.emplace_back();
  exporter.batches = 3;
  exporter.duration = std::chrono::seconds(7);
  exporter.durations[11] = 3;
  exporter.failed_batches.rejected = {1, std::chrono::seconds(2), {}};
  exporter.failed_batches.rejected.durations[11] = 1;
  const std::string durations = durations_in(stats);
  const std::size_t failed = durations.find(kRejected);
  ASSERT_NE(failed, std::string::npos) << durations;
  EXPECT_TRUE(contains(durations.substr(0, failed), R"("count":"2","sum":5.0,)")) << durations;
  EXPECT_TRUE(contains(durations.substr(failed), R"("count":"1","sum":2.0,)")) << durations;
  EXPECT_FALSE(contains(durations, "too_large")) << durations;
}

TEST(SelfMetrics, OfAnExporterWithoutFailuresNameNoErrorInItsDurations) {
  Stats stats;
  stats.exporters.emplace_back().batches = 1;
  EXPECT_FALSE(contains(durations_in(stats), "error.type"));
}

TEST(SelfMetrics, WithoutExportersHaveNoneOfTheirs) {
  EXPECT_FALSE(contains(stats_as_otlp_json({Stats()}, Resource(), 1, 2), "otel.sdk.exporter"));
}

}  // namespace
