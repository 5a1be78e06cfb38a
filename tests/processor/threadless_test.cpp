// SPDX-License-Identifier: Apache-2.0
// WorkerOptions::none: everything happens inside the caller's run_once, flush or shutdown.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using Status = FlushResult::Status;
using Sizes = std::vector<std::size_t>;

TEST(Threadless, NothingLeavesByItself) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::threadless();
  options.max_export_batch_size = 2;
  const Stage stage({exporter}, options);
  stage.end_spans(10);
  EXPECT_EQ(exporter->spans(), 0U);
  EXPECT_EQ(stage.account().live, 10U);
  expect_balanced(stage);
}

TEST(Threadless, RunOnceExportsOnTheCallersThread) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_EQ(stage->run_once(far_away()), 3U);
  EXPECT_EQ(exporter->spans(), 3U);
  EXPECT_EQ(exporter->thread(), std::this_thread::get_id());
  EXPECT_EQ(stage.account().exported, 3U);
}

TEST(Threadless, RunOnceWithoutTimeExportsAllThatIsQueued) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::threadless();
  options.max_export_batch_size = 2;
  const Stage stage({exporter}, options);
  stage.end_spans(5);
  EXPECT_EQ(stage->run_once(in(0ms)), 5U);
  EXPECT_EQ(exporter->batches(), (Sizes{2, 2, 1}));
}

TEST(Threadless, RunOnceOfNothingReturnsAtOnce) {
  const Stage stage({std::make_shared<RecordingExporter>()}, Stage::threadless());
  EXPECT_EQ(stage->run_once(far_away()), 0U);
}

TEST(Threadless, RunOnceStopsBetweenBatchesAtItsDeadline) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::threadless();
  options.max_export_batch_size = 1;
  const Stage stage({exporter}, options);
  stage.end_spans(3);
  const Deadline deadline = in(20ms);
  exporter->on_export([deadline] {
    std::this_thread::sleep_until(deadline);
    return ExportResult::success;
  });
  stage->run_once(deadline);
  EXPECT_EQ(exporter->batches().size(), 1U);
  exporter->on_export({});
  stage->run_once(far_away());
  EXPECT_EQ(exporter->batches().size(), 3U);
}

TEST(Threadless, RunOnceDrivesAnAsynchronousExporterUntilItsDeadline) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_span();
  EXPECT_EQ(stage->run_once(in(20ms)), 1U);
  EXPECT_GT(exporter->runs(), 1);
  EXPECT_EQ(stage.account().live, 1U);
}

TEST(Threadless, RunOnceReturnsWhenAllIsAnswered) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_span();
  std::thread peer([&] {
    exporter->wait_for_batches(1);
    exporter->answer(1);
  });
  const auto begin = std::chrono::steady_clock::now();
  stage->run_once(far_away());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  peer.join();
}

TEST(Threadless, OneExporterThatWaitsDoesNotKeepAnotherFromItsTurn) {
  const auto waiting = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  const Stage stage({waiting, healthy}, Stage::threadless());
  stage.end_spans(2);
  stage->run_once(in(50ms));
  EXPECT_EQ(healthy->spans(), 2U);
}

TEST(Threadless, FlushExportsOnTheCallersThread) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_EQ(stage->force_flush(far_away()).status(), Status::success);
  EXPECT_EQ(exporter->thread(), std::this_thread::get_id());
  EXPECT_EQ(exporter->flushes, 1);
}

TEST(Threadless, ShutdownFlushesAndEnds) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_EQ(stage->shutdown(far_away()).status(), Status::success);
  EXPECT_EQ(exporter->spans(), 3U);
  EXPECT_EQ(exporter->shutdowns, 1);
  expect_balanced(stage);
}

TEST(Threadless, ShutdownWithoutTimeDropsWhatIsLeft) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_EQ(stage->shutdown(in(0ms)).status(), Status::timed_out);
  EXPECT_EQ(exporter->spans(), 0U);
  EXPECT_EQ(stage.account().dropped.shutdown, 3U);
  expect_balanced(stage);
}

TEST(Threadless, ShutdownWhileAnotherThreadIsStuckKeepsItsDeadline) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  std::thread stuck([&] { stage->run_once(far_away()); });
  ASSERT_TRUE(exporter->wait_for(3));
  const Deadline deadline = in(20ms);
  EXPECT_EQ(stage->shutdown(deadline).status(), Status::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now(), deadline + 200ms);
  exporter->release();
  stuck.join();
}

TEST(Threadless, SeveralThreadsMayRunIt) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        stage.end_span();
        stage->run_once(in(0ms));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stage->run_once(far_away());
  EXPECT_EQ(exporter->spans(), 150U);
  EXPECT_FALSE(exporter->overlapped());
}

}  // namespace
}  // namespace weft::testing
