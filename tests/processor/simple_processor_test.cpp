// SPDX-License-Identifier: Apache-2.0
// processors::simple, by itself.
#include <gtest/gtest.h>
#include <weft/processors.hpp>

#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "platform/error_reporter.hpp"
#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "span/span_access.hpp"

namespace weft::testing {
namespace {

class FinishedSpan {
 public:
  explicit FinishedSpan(bool sampled) {
    std::memset(static_cast<void*>(&record_), 0, sizeof record_);
    record_.trace_flags = sampled ? 1 : 0;
  }
  SpanView view() const { return detail::SpanAccess::view(record_); }

 private:
  Record record_;
};

TEST(SimpleProcessor, ExportsEachSpanAtItsEnd) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  const FinishedSpan span(true);
  processor->on_end(span.view());
  processor->on_end(span.view());
  EXPECT_EQ(exporter->batches(), (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(exporter->thread(), std::this_thread::get_id());
}

TEST(SimpleProcessor, LeavesOutWhatIsNotSampled) {
  const auto exporter = std::make_shared<RecordingExporter>();
  processors::simple(exporter)->on_end(FinishedSpan(false).view());
  EXPECT_TRUE(exporter->batches().empty());
}

TEST(SimpleProcessor, MakesOneCallAtATime) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  const FinishedSpan span(true);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) processor->on_end(span.view());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(exporter->spans(), 600U);
  EXPECT_FALSE(exporter->overlapped());
}

TEST(SimpleProcessor, ShutsTheExporterDownOnceAndExportsNoMore) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  EXPECT_TRUE(processor->shutdown(far_away()));
  EXPECT_TRUE(processor->shutdown(far_away()));
  processor->on_end(FinishedSpan(true).view());
  EXPECT_EQ(exporter->shutdowns, 1);
  EXPECT_TRUE(exporter->batches().empty());
}

TEST(SimpleProcessor, FlushesTheExporter) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->flush_result = false;
  EXPECT_FALSE(processors::simple(exporter)->force_flush(far_away()));
  EXPECT_EQ(exporter->flushes, 1);
}

TEST(SimpleProcessor, WithoutAnExporterDoesNothing) {
  const ProcessorPtr processor = processors::simple(nullptr);
  processor->on_end(FinishedSpan(true).view());
  EXPECT_TRUE(processor->force_flush(far_away()));
  EXPECT_TRUE(processor->shutdown(far_away()));
}

// A processor whose exporter a thread is inside of, until it is let out.
class Stuck {
 public:
  Stuck() {
    exporter->block();
    inside_ = std::thread([this] { processor->on_end(span_.view()); });
    EXPECT_TRUE(exporter->wait_for(1));
  }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  ~Stuck() { let_out(); }
  void let_out() {
    exporter->release();
    if (inside_.joinable()) inside_.join();
  }

  const std::shared_ptr<RecordingExporter> exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);

 private:
  const FinishedSpan span_{true};
  std::thread inside_;
};

// What a call returns; nothing when it is still under way after a generous time.
template <class Call>
std::optional<bool> returned(Stuck& stuck, Call&& call) {
  auto result = std::async(std::launch::async, std::forward<Call>(call));
  const bool is_back = result.wait_for(10s) == std::future_status::ready;
  if (!is_back) stuck.let_out();
  return is_back ? std::optional(result.get()) : std::nullopt;
}

TEST(SimpleProcessor, WhoseExporterIsStuckShutsDownByTheDeadline) {
  Stuck stuck;
  EXPECT_EQ(returned(stuck, [&] { return stuck.processor->shutdown(in(1ms)); }), false);
}

TEST(SimpleProcessor, WhoseExporterIsStuckFlushesUntilTheDeadline) {
  Stuck stuck;
  EXPECT_EQ(returned(stuck, [&] { return stuck.processor->force_flush(in(1ms)); }), false);
}

TEST(SimpleProcessor, DoesNotShutDownAnExporterThatAThreadIsInside) {
  Stuck stuck;
  returned(stuck, [&] { return stuck.processor->shutdown(in(1ms)); });
  stuck.let_out();
  EXPECT_EQ(stuck.exporter->shutdowns, 0);
}

TEST(SimpleProcessor, WaitsForTheExporterWhileThereIsTime) {
  Stuck stuck;
  auto flushed =
      std::async(std::launch::async, [&] { return stuck.processor->force_flush(far_away()); });
  stuck.let_out();
  EXPECT_TRUE(flushed.get());
}

TEST(SimpleProcessor, LetsGoAtShutdownOfWhoWaitsForAStuckExporter) {
  Stuck stuck;
  const FinishedSpan span(true);
  auto waiting = std::async(std::launch::async, [&] { stuck.processor->on_end(span.view()); });
  returned(stuck, [&] { return stuck.processor->shutdown(in(1ms)); });
  EXPECT_EQ(waiting.wait_for(10s), std::future_status::ready);
  stuck.let_out();
  EXPECT_EQ(stuck.exporter->spans(), 1U);
}

TEST(SimpleProcessor, KeepsItsExporterWhileAThreadIsInside) {
  auto exporter = std::make_shared<RecordingExporter>();
  const std::weak_ptr<RecordingExporter> seen = exporter;
  std::promise<void> let_out;
  exporter->on_export([out = let_out.get_future().share()] {
    out.wait();
    return ExportResult::success;
  });
  ProcessorPtr processor = processors::simple(exporter);
  const FinishedSpan span(true);
  std::thread inside([&span, raw = processor.get()] { raw->on_end(span.view()); });
  EXPECT_TRUE(exporter->wait_for(1));
  exporter = nullptr;
  processor = nullptr;
  EXPECT_FALSE(seen.expired());
  let_out.set_value();
  inside.join();
  EXPECT_TRUE(seen.expired());
}

TEST(SimpleProcessor, DoesNotExportWhatItsExporterEnds) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  const FinishedSpan span(true);
  exporter->on_export([&] {
    processor->on_end(span.view());
    return ExportResult::success;
  });
  processor->on_end(span.view());
  EXPECT_EQ(exporter->spans(), 1U);
}

TEST(SimpleProcessor, DoesNotFlushWhereItsExporterAsksForIt) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  bool flushed = true;
  exporter->on_export([&] {
    flushed = processor->force_flush(far_away());
    return ExportResult::success;
  });
  processor->on_end(FinishedSpan(true).view());
  EXPECT_FALSE(flushed);
}

TEST(SimpleProcessor, DoesNotWaitForItselfWhereItsExporterShutsItDown) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const ProcessorPtr processor = processors::simple(exporter);
  bool is_shut_down = true;
  exporter->on_export([&] {
    is_shut_down = processor->shutdown(far_away());
    return ExportResult::success;
  });
  processor->on_end(FinishedSpan(true).view());
  EXPECT_FALSE(is_shut_down);
}

TEST(SimpleProcessor, TellsOfAFailureOnceTheExporterIsFreeAgain) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  const ProcessorPtr processor = processors::simple(exporter);
  bool flushed = false;
  detail::error_reporter().set_handler(
      [&](const Error&) { flushed = processor->force_flush(far_away()); });
  processor->on_end(FinishedSpan(true).view());
  detail::error_reporter().set_handler(nullptr);
  EXPECT_TRUE(flushed);
}

TEST(SimpleProcessor, IsFreeAgainAfterItsExporterThrew) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([]() -> ExportResult { throw 1; });
  const ProcessorPtr processor = processors::simple(exporter);
  EXPECT_ANY_THROW(processor->on_end(FinishedSpan(true).view()));
  EXPECT_TRUE(processor->force_flush(far_away()));
}

}  // namespace
}  // namespace weft::testing
