// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <weft/exporters/exporters.hpp>

#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"

// What a user's own exporter, and `init`, see of the exporters here.

namespace weft::testing {

namespace {

class BlockingOtlp : public ::testing::Test {
 protected:
  ExportResult send(std::size_t count) {
    const detail::SharedBatch batch = records.batch(count);
    return exporter->export_spans(SpanBatch(batch.records()));
  }
  Records records;
  ScriptedServer server;
  ExporterPtr exporter = exporters::otlp_http({.endpoint = server.url()});
};

const std::function<void(const Error&)> kNobody = [](const Error&) {};

}  // namespace

TEST_F(BlockingOtlp, HasTheAnswerWhenItReturns) {
  EXPECT_EQ(send(3), ExportResult::success);
  EXPECT_EQ(server.count(), 1U);
}

TEST_F(BlockingOtlp, UsesItsConnectionAgain) {
  send(1);
  send(1);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(BlockingOtlp, FailsWhenTheSpansAreRejected) {
  server.then({.status = 400});
  EXPECT_EQ(send(3), ExportResult::failure);
}

TEST_F(BlockingOtlp, FailsAfterShutdown) {
  exporter->shutdown(std::chrono::steady_clock::now());
  EXPECT_EQ(send(1), ExportResult::failure);
  EXPECT_EQ(server.count(), 0U);
}

TEST(Components, HaveTheExportersThatTheEnvironmentCanName) {
  const Components components = exporters::components();
  EXPECT_NE(components.make_exporter("otlp", kNobody), nullptr);
  EXPECT_NE(components.make_exporter("console", kNobody), nullptr);
  EXPECT_NE(components.make_exporter("otlp/stdout", kNobody), nullptr);
  EXPECT_NE(components.make_exporter("zipkin", kNobody), nullptr);
}

TEST(Components, TakeTheProtocolOfOtlpFromTheEnvironment) {
  const auto name = [](const char* protocol) {
    ::setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, 1);
    const ExporterPtr exporter = exporters::components().make_exporter("otlp", kNobody);
    ::unsetenv("OTEL_EXPORTER_OTLP_PROTOCOL");
    return std::string(exporter->async_exporter()->name());
  };
  EXPECT_EQ(name("GRPC"), "otlp_grpc");
  EXPECT_EQ(name("http/json"), "otlp_http");
  EXPECT_EQ(name("http/protobuf"), "otlp_http");
  EXPECT_EQ(name("pigeon"), "otlp_http");
}

TEST(Components, HaveNoExporterOfAnUnknownName) {
  EXPECT_EQ(exporters::components().make_exporter("pigeon", kNobody), nullptr);
}

TEST(Components, HaveThePropagatorsThatTheEnvironmentCanName) {
  const Components components = exporters::components();
  EXPECT_NE(components.make_propagator("tracecontext"), nullptr);
  EXPECT_NE(components.make_propagator("baggage"), nullptr);
  EXPECT_EQ(components.make_propagator("no such one"), nullptr);
}

}  // namespace weft::testing
