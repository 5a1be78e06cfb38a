// SPDX-License-Identifier: Apache-2.0
// What waits is bounded for the process; what finds no place is a counted drop.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

BatchOptions queue_of(std::size_t size) {
  BatchOptions options = Stage::threadless();
  options.max_queue_size = size;
  return options;
}

TEST(Bounds, AreExactForASmallQueue) {
  const Stage stage({AnsweringExporter::make()}, queue_of(3));
  stage.end_spans(5);
  const Account account = stage.account();
  EXPECT_EQ(account.dropped.queue_full, 2U);
  EXPECT_EQ(account.ended, 3U);
}

TEST(Bounds, AreExactForALargeQueueOfOneThread) {
  const Stage stage({AnsweringExporter::make()}, queue_of(2048));
  stage.end_spans(2100);
  EXPECT_EQ(stage.account().dropped.queue_full, 2100U - 2048U);
  expect_balanced(stage);
}

TEST(Bounds, AreTheProcesssNotTheThreads) {
  const Stage stage({AnsweringExporter::make()}, queue_of(10));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { stage.end_spans(10); });
  for (std::thread& thread : threads) thread.join();
  const Account account = stage.account();
  EXPECT_EQ(account.ended, 10U);
  EXPECT_EQ(account.dropped.queue_full, 30U);
}

TEST(Bounds, CountWhatAnExporterHolds) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter}, queue_of(4));
  stage.end_spans(4);
  stage->run_once(in(0ms));
  ASSERT_EQ(exporter->held_spans(), 4U);
  stage.end_span();
  EXPECT_EQ(stage.account().dropped.queue_full, 1U);
}

TEST(Bounds, AreFreeAgainOnceAnExporterHasAnswered) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter}, queue_of(4));
  stage.end_spans(4);
  stage->run_once(in(0ms));
  exporter->answer(4);
  stage.end_spans(4);
  const Account account = stage.account();
  EXPECT_EQ(account.dropped.queue_full, 0U);
  EXPECT_EQ(account.ended, 4U);
}

TEST(Bounds, AThreadThatEndsGivesBackWhatItHadLeased) {
  const Stage stage({AnsweringExporter::make()}, queue_of(2048));
  for (int i = 0; i < 200; ++i) {
    std::thread([&] { stage.end_span(); }).join();  // each leases more than it spends
  }
  EXPECT_EQ(stage.account().dropped.queue_full, 0U);
}

TEST(Bounds, ABlockedExporterHoldsNoMoreThanTheQueue) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  BatchOptions options = Stage::patient();
  options.max_queue_size = 32;
  options.max_export_batch_size = 8;
  const Stage stage({exporter}, options);
  stage.end_spans(1000);
  Account account = stage.account();
  EXPECT_EQ(account.live, 32U);
  EXPECT_EQ(account.dropped.queue_full, 1000U - 32U);
  expect_balanced(stage);
  exporter->release();
}

TEST(Bounds, AFullQueueTakesSpansAgainWhenItDrains) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::patient();
  options.max_queue_size = options.max_export_batch_size = 8;
  const Stage stage({exporter}, options);
  for (int round = 0; round < 50; ++round) {
    stage.end_spans(8);
    ASSERT_TRUE(stage->force_flush(far_away()));
  }
  const Account account = stage.account();
  EXPECT_EQ(account.dropped.queue_full, 0U);
  EXPECT_EQ(account.exported, 400U);
}

TEST(Bounds, AQueueOfNothingHoldsOneSpan) {
  const Stage stage({AnsweringExporter::make()}, queue_of(0));
  stage.end_spans(2);
  EXPECT_EQ(stage.account().ended, 1U);
}

TEST(Bounds, AQueueThatItsPipelineHasLeftIsReplaced) {
  const auto first = std::make_shared<RecordingExporter>();
  const auto second = std::make_shared<RecordingExporter>();
  {
    const Stage stage({first});
    stage.end_spans(3);
    EXPECT_TRUE(stage->shutdown(far_away()));
  }
  const Stage stage({second});
  stage.end_spans(2);
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(first->spans(), 3U);
  EXPECT_EQ(second->spans(), 2U);
}

}  // namespace
}  // namespace weft::testing
