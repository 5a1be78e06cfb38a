// SPDX-License-Identifier: Apache-2.0
// processors::simple and processors::batch.
#include <gtest/gtest.h>
#include <weft/processors.hpp>

#include <cstring>
#include <thread>
#include <vector>

#include "processor/exporters.hpp"
#include "processor/processor_access.hpp"
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

TEST(BatchProcessor, TellsInitItsExporter) {
  const auto exporter = std::make_shared<RecordingExporter>();
  EXPECT_EQ(detail::exporter_of(*processors::batch(exporter)), exporter);
}

TEST(BatchProcessor, TellsInitItsOptions) {
  BatchOptions options;
  options.max_queue_size = 17;
  const ProcessorPtr processor = processors::batch(nullptr, options);
  ASSERT_NE(detail::batch_options_of(*processor), nullptr);
  EXPECT_EQ(detail::batch_options_of(*processor)->max_queue_size, 17U);
}

TEST(BatchProcessor, IsNotMistakenForAnother) {
  const ProcessorPtr simple = processors::simple(std::make_shared<RecordingExporter>());
  EXPECT_EQ(detail::exporter_of(*simple), nullptr);
  EXPECT_EQ(detail::batch_options_of(*simple), nullptr);
}

TEST(SpanBatch, IsARangeOfViews) {
  Record records[2];
  Record* const pointers[] = {&records[0], &records[1]};
  const SpanBatch batch(pointers);
  std::size_t index = 0;
  for (const SpanView view : batch) EXPECT_EQ(&view.record(), pointers[index++]);
  EXPECT_EQ(index, 2U);
}

}  // namespace
}  // namespace weft::testing
