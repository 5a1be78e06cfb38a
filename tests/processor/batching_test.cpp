// SPDX-License-Identifier: Apache-2.0
// When ended spans leave, and in batches of what size.
#include <gtest/gtest.h>

#include <thread>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using Sizes = std::vector<std::size_t>;

BatchOptions batches_of(std::size_t size) {
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = size;
  return options;
}

TEST(Batching, AFullBatchLeavesAtOnce) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, batches_of(4));
  stage.end_spans(4);
  ASSERT_TRUE(exporter->wait_for(4));
  EXPECT_EQ(exporter->batches(), Sizes{4});
}

TEST(Batching, AFullBatchOfTheDefaultSizeLeavesAtOnce) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(512);
  ASSERT_TRUE(exporter->wait_for(512));
  EXPECT_EQ(exporter->batches(), Sizes{512});
}

TEST(Batching, EachOfManyFullBatchesLeaves) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, batches_of(7));
  for (std::size_t batch = 1; batch <= 100; ++batch) {
    stage.end_spans(7);
    ASSERT_TRUE(exporter->wait_for(7 * batch)) << batch;
  }
  EXPECT_EQ(exporter->batches(), Sizes(100, 7));
}

TEST(Batching, ABatchIsAsLargeAsTheQueueWhenThatIsSmaller) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = batches_of(512);
  options.max_queue_size = 3;
  const Stage stage({exporter}, options);
  stage.end_spans(3);
  ASSERT_TRUE(exporter->wait_for(3));
  EXPECT_EQ(exporter->batches(), Sizes{3});
}

TEST(Batching, APartialBatchWaitsForCompany) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, batches_of(4));
  stage.end_spans(4 + 3);
  ASSERT_TRUE(exporter->wait_for(4));
  EXPECT_EQ(exporter->batches(), Sizes{4});
  stage.end_span();
  ASSERT_TRUE(exporter->wait_for(8));
  EXPECT_EQ(exporter->batches(), (Sizes{4, 4}));
}

TEST(Batching, APartialBatchLeavesWhenTheTimerSaysSo) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = batches_of(100);
  options.schedule_delay = 20ms;
  const Stage stage({exporter}, options);
  const auto begin = std::chrono::steady_clock::now();
  stage.end_spans(3);
  ASSERT_TRUE(exporter->wait_for(3));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
  EXPECT_EQ(exporter->batches(), Sizes{3});
}

TEST(Batching, TheTimerStartsAgainWithTheNextSpan) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = batches_of(100);
  options.schedule_delay = 5ms;
  const Stage stage({exporter}, options);
  for (std::size_t round = 1; round <= 5; ++round) {
    stage.end_span();
    ASSERT_TRUE(exporter->wait_for(round)) << round;
  }
  EXPECT_EQ(exporter->batches(), Sizes(5, 1));
}

TEST(Batching, WithoutADelayEachSpanLeavesAtOnce) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = batches_of(100);
  options.schedule_delay = 0ms;
  const Stage stage({exporter}, options);
  stage.end_span();
  EXPECT_TRUE(exporter->wait_for(1));
}

TEST(Batching, SpansOfSeveralThreadsShareABatch) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, batches_of(6));
  for (int i = 0; i < 3; ++i) {
    std::thread([&] { stage.end_spans(2); }).join();
  }
  ASSERT_TRUE(exporter->wait_for(6));
  EXPECT_EQ(exporter->batches(), Sizes{6});
}

TEST(Batching, ABatchIsFullAlsoWhenAnIdleThreadHasLeasedPlaces) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});  // 512 of 2048: leases of up to 32
  stage.end_span();               // leaves 31 unspent, for good
  std::thread([&] { stage.end_spans(511); }).join();
  ASSERT_TRUE(exporter->wait_for(512));
  EXPECT_EQ(exporter->batches(), Sizes{512});
}

TEST(Batching, ABatchIsFullHoweverTwoThreadsInterleave) {
  for (int round = 0; round < 20; ++round) {
    const auto exporter = std::make_shared<RecordingExporter>();
    const Stage stage({exporter}, batches_of(64));
    std::thread other([&] { stage.end_spans(48); });
    stage.end_spans(16);
    other.join();
    ASSERT_TRUE(exporter->wait_for(64)) << round;
  }
}

TEST(Batching, WithoutExportersASpanIsExportedOnceHandedOver) {
  const Stage stage({});
  stage.end_spans(3);
  const Account account = stage.account();
  EXPECT_EQ(account.exported, 3U);
  EXPECT_EQ(account.live, 0U);
  expect_balanced(stage);
}

}  // namespace
}  // namespace weft::testing
