// SPDX-License-Identifier: Apache-2.0
// force_flush: what it waits for, and what it says.
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using Status = FlushResult::Status;
using detail::GiveUp;
using std::chrono::steady_clock;

TEST(Flush, SendsAPartialBatchAndWaitsForTheAnswer) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(5);
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::success);
  EXPECT_EQ(exporter->spans(), 5U);
  EXPECT_EQ(stage.account().exported, 5U);
  expect_balanced(stage);
}

TEST(Flush, SendsWhatOtherThreadsEndedBefore) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  std::thread([&] { stage.end_spans(3); }).join();
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 3U);
}

TEST(Flush, OfNothingSucceedsWithoutAThread) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::success);
  EXPECT_EQ(exporter->flushes, 0);
}

TEST(Flush, WithoutExportersSucceeds) {
  const Stage stage({});
  stage.end_span();
  EXPECT_TRUE(stage->force_flush(in(0ms)));
}

TEST(Flush, HasTheExporterFlushOnItsOwnThread) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_span();
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->flushes, 1);
  EXPECT_NE(exporter->thread(), std::this_thread::get_id());
}

TEST(Flush, FailsWhenTheExportersOwnFlushDoes) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->flush_result = false;
  const Stage stage({exporter});
  stage.end_span();
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::failed);
}

TEST(Flush, FailsWhenAnExporterGaveSomethingUp) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  const Stage stage({exporter});
  stage.end_spans(2);
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::failed);
  EXPECT_EQ(stage.account().dropped.retry_exhausted, 2U);
}

TEST(Flush, SucceedsAgainAfterAFailedOne) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  const Stage stage({exporter});
  stage.end_span();
  EXPECT_FALSE(stage->force_flush(far_away()));
  exporter->on_export({});
  stage.end_span();
  EXPECT_TRUE(stage->force_flush(far_away()));
}

TEST(Flush, TimesOutAtItsDeadlineAndLosesNothing) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter});
  stage.end_spans(2);
  const Deadline deadline = in(20ms);
  EXPECT_EQ(stage->force_flush(deadline).status(), Status::timed_out);
  EXPECT_GE(steady_clock::now(), deadline);
  EXPECT_EQ(stage.account().dropped.total(), 0U);
  exporter->release();
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(stage.account().exported, 2U);
}

TEST(Flush, WaitsNoLongerThanTheExportTimeoutForOneAnswer) {
  const auto exporter = AnsweringExporter::make();
  BatchOptions options = Stage::patient();
  options.export_timeout = 20ms;
  const Stage stage({exporter}, options);
  stage.end_span();
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::timed_out);
  EXPECT_EQ(stage.account().live, 1U);  // not dropped
}

TEST(Flush, HurriesAnExporterThatWaits) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter});
  stage.end_span();
  stage->force_flush(in(1ms));
  EXPECT_EQ(exporter->hurries, 1);
}

TEST(Flush, DoesNotWaitForWhatEndsLater) {
  const auto exporter = AnsweringExporter::make();
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = 1;
  const Stage stage({exporter}, options);
  stage.end_span();
  std::thread flusher([&] { EXPECT_TRUE(stage->force_flush(far_away())); });
  ASSERT_TRUE(eventually([&] { return exporter->hurries == 1; }));  // the flush waits
  stage.end_span();
  ASSERT_TRUE(exporter->wait_for_batches(2));
  exporter->answer(1);
  flusher.join();
  EXPECT_EQ(exporter->held(), 1U);
  exporter->answer(1);
}

TEST(Flush, MayBeAskedForBySeveralThreads) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        stage.end_span();
        EXPECT_TRUE(stage->force_flush(far_away()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(exporter->spans(), 80U);
  EXPECT_FALSE(exporter->overlapped());
  expect_balanced(stage);
}

TEST(Flush, FromASignalIsMadeByTheWorker) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(3);
  stage->request_flush_from_signal();
  EXPECT_TRUE(exporter->wait_for(3));
}

}  // namespace
}  // namespace weft::testing
