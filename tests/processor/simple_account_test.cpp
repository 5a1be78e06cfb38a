// SPDX-License-Identifier: Apache-2.0
// What the account says of spans that processors::simple exports.
#include <gtest/gtest.h>
#include <weft/weft.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "processor/exporters.hpp"
#include "support/account.hpp"

namespace weft::testing {
namespace {

constexpr Tracer tracer{"test", "1.0"};

/// A Telemetry with simple processors, one for each exporter, whose account is exact when it ends.
class Simple {
 public:
  explicit Simple(std::vector<std::shared_ptr<RecordingExporter>> simple,
                  std::vector<ExporterPtr> exporters = {}) {
    Options options{.exporters = std::move(exporters)};
    for (auto& exporter : simple) processors_.push_back(processors::simple(std::move(exporter)));
    options.processors = processors_;
    options.on_error = [this](const Error& error) { errors.push_back(error); };
    telemetry_ = init(std::move(options), Components{});
  }
  Simple(const Simple&) = delete;
  Simple& operator=(const Simple&) = delete;
  ~Simple() { shutdown(); }
  void shutdown() {
    if (telemetry_) end_with_exact_account(telemetry_);
    telemetry_ = {};
  }

  void end_spans(int count) const {
    for (int i = 0; i < count; ++i) auto span = tracer.start("work");
  }
  Stats stats() {
    telemetry_.force_flush(std::chrono::seconds(20));
    return telemetry_.stats();
  }
  SpanProcessor& processor() { return *processors_.front(); }

  std::vector<Error> errors;

 private:
  std::vector<ProcessorPtr> processors_;
  Telemetry telemetry_;
};

std::shared_ptr<RecordingExporter> failing() {
  auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  return exporter;
}

TEST(SimpleAccount, CountsWhatWasExported) {
  Simple simple({std::make_shared<RecordingExporter>()});
  simple.end_spans(3);
  EXPECT_EQ(simple.stats().exported, 3U);
}

TEST(SimpleAccount, CountsWhatCouldNotBeExported) {
  Simple simple({failing()});
  simple.end_spans(3);
  EXPECT_EQ(simple.stats().dropped.retry_exhausted, 3U);
}

TEST(SimpleAccount, HasNothingExportedThatWasNot) {
  Simple simple({failing()});
  simple.end_spans(3);
  EXPECT_EQ(simple.stats().exported, 0U);
}

TEST(SimpleAccount, CountsWhatWasLostInAnException) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([]() -> ExportResult { throw 1; });
  Simple simple({exporter});
  simple.end_spans(2);
  EXPECT_EQ(simple.stats().dropped.retry_exhausted, 2U);
}

TEST(SimpleAccount, HasAsExportedWhatOneOfTwoTook) {
  for (const bool is_first : {true, false}) {
    const auto good = std::make_shared<RecordingExporter>();
    Simple simple(is_first ? std::vector{good, failing()} : std::vector{failing(), good});
    simple.end_spans(1);
    EXPECT_EQ(simple.stats().exported, 1U);
  }
}

TEST(SimpleAccount, IsThatOfTheOtherExportersWhereThereAreAny) {
  Simple simple({failing()}, {std::make_shared<RecordingExporter>()});
  simple.end_spans(2);
  EXPECT_EQ(simple.stats().exported, 2U);
}

TEST(SimpleAccount, CountsWhatEndedAfterTheProcessorsShutdown) {
  Simple simple({std::make_shared<RecordingExporter>()});
  simple.processor().shutdown(std::chrono::steady_clock::now());
  simple.end_spans(2);
  EXPECT_EQ(simple.stats().dropped.shutdown, 2U);
}

TEST(SimpleAccount, CountsWhatTheExporterEndsItself) {
  const auto exporter = std::make_shared<RecordingExporter>();
  Simple simple({exporter});
  exporter->on_export([&] {
    simple.end_spans(1);
    return ExportResult::success;
  });
  simple.end_spans(1);
  EXPECT_EQ(simple.stats().dropped.retry_exhausted, 1U);
  EXPECT_EQ(simple.stats().exported, 1U);
}

TEST(SimpleAccount, CountsWhatOnErrorEnds) {
  const auto exporter = failing();
  Telemetry telemetry = init({.processors = {processors::simple(exporter)},
                              .on_error = [](const Error&) { auto span = tracer.start("told"); }},
                             Components{});
  {
    auto span = tracer.start("work");
  }
  EXPECT_EQ(telemetry.stats().dropped.retry_exhausted, 2U);
  end_with_exact_account(telemetry);
}

TEST(SimpleAccount, IsSettledByTheDeadlineWhileTheExporterIsStuck) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  Telemetry telemetry = init({.processors = {processors::simple(exporter)}}, Components{});
  std::thread inside([] { auto span = tracer.start("work"); });
  EXPECT_TRUE(exporter->wait_for(1));
  auto end = std::async(std::launch::async, [&] {
    telemetry.shutdown(std::chrono::milliseconds(10));
    return telemetry.stats().dropped.shutdown;
  });
  const bool is_back = end.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  exporter->release();
  inside.join();
  EXPECT_TRUE(is_back);
  EXPECT_EQ(end.get(), 1U);
}

TEST(SimpleAccount, IsToldAtShutdownOfWhatWasLost) {
  Simple simple({failing()});
  simple.end_spans(3);
  simple.shutdown();
  ASSERT_FALSE(simple.errors.empty());
  EXPECT_EQ(simple.errors.back().what, "3 of 3 spans were not delivered: retry_exhausted 3");
}

}  // namespace
}  // namespace weft::testing
