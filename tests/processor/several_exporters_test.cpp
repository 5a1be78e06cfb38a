// SPDX-License-Identifier: Apache-2.0
// One batch, several exporters: none feels another, and the account is kept by records.
#include <gtest/gtest.h>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using detail::GiveUp;

BatchOptions threadless() { return Stage::threadless(); }

TEST(SeveralExporters, EachGetsEverySpan) {
  const auto first = std::make_shared<RecordingExporter>();
  const auto second = std::make_shared<RecordingExporter>();
  const Stage stage({first, second});
  stage.end_spans(5);
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(first->spans(), 5U);
  EXPECT_EQ(second->spans(), 5U);
  EXPECT_EQ(stage.account().exported, 5U);
  expect_balanced(stage);
}

TEST(SeveralExporters, ABlockedOneDoesNotSlowAnother) {
  const auto blocked = std::make_shared<RecordingExporter>();
  const auto healthy = std::make_shared<RecordingExporter>();
  blocked->block();
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = 10;
  const Stage stage({blocked, healthy}, options);
  for (std::size_t batch = 1; batch <= 20; ++batch) {
    stage.end_spans(10);
    ASSERT_TRUE(healthy->wait_for(10 * batch));
  }
  ASSERT_TRUE(blocked->wait_for(10));
  EXPECT_EQ(blocked->batches().size(), 1U);
  ASSERT_TRUE(eventually([&] { return stage.account().exported == 200; }));
  EXPECT_EQ(stage.account().live, 0U);  // one acknowledgement is enough
  expect_balanced(stage);
  blocked->release();
}

TEST(SeveralExporters, ASpanIsExportedAtTheFirstAcknowledgement) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  const Stage stage({first, second}, threadless());
  stage.end_spans(3);
  stage->run_once(in(0ms));
  second->answer(3);
  const Account account = stage.account();
  EXPECT_EQ(account.exported, 3U);
  EXPECT_EQ(account.live, 0U);
  expect_balanced(stage);
  first->answer(0, GiveUp::rejected);
  EXPECT_EQ(stage.account().dropped.total(), 0U);
}

TEST(SeveralExporters, ASpanIsDroppedForTheReasonOfTheLast) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  const Stage stage({first, second}, threadless());
  stage.end_spans(2);
  stage->run_once(in(0ms));
  first->answer(0, GiveUp::rejected);
  EXPECT_EQ(stage.account().dropped.total(), 0U);
  second->answer(0, GiveUp::too_large);
  const Account account = stage.account();
  EXPECT_EQ(account.dropped.too_large, 2U);
  EXPECT_EQ(account.dropped.total(), 2U);
  expect_balanced(stage);
}

TEST(SeveralExporters, OfPartialAnswersTheLargestCounts) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  const Stage stage({first, second}, threadless());
  stage.end_spans(10);
  stage->run_once(in(0ms));
  first->answer(4, GiveUp::rejected);
  EXPECT_EQ(stage.account().exported, 4U);
  expect_balanced(stage);
  second->answer(7, GiveUp::rejected);
  const Account account = stage.account();
  EXPECT_EQ(account.exported, 7U);
  EXPECT_EQ(account.dropped.rejected, 3U);
  expect_balanced(stage);
}

TEST(SeveralExporters, RecordsAreFreeOnlyWhenTheLastHasAnswered) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  BatchOptions options = threadless();
  options.max_queue_size = 2;
  const Stage stage({first, second}, options);
  stage.end_spans(2);
  stage->run_once(in(0ms));
  first->answer(2);
  stage.end_span();
  EXPECT_EQ(stage.account().dropped.queue_full, 1U);
  second->answer(2);
  stage.end_span();
  EXPECT_EQ(stage.account().dropped.queue_full, 1U);
}

// Far more than the queue holds, a little at a time, as a program makes them.
// First some, and a second in which an answer could have come.
void end_many(const Stage& stage, RecordingExporter& healthy, std::size_t batches) {
  stage.end_spans(100);
  ASSERT_TRUE(healthy.wait_for(100));
  std::this_thread::sleep_for(1100ms);
  for (std::size_t batch = 1; batch <= batches; ++batch) {
    stage.end_spans(10);
    ASSERT_TRUE(healthy.wait_for(100 + 10 * batch)) << batch;
    std::this_thread::sleep_for(3ms);
  }
}

BatchOptions of_a_small_queue() {
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = 10;
  options.max_queue_size = 600;
  return options;
}

TEST(SeveralExporters, ADeadOneDoesNotUseUpTheQueueForAnother) {
  const auto dead = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  const Stage stage({dead, healthy}, of_a_small_queue());
  end_many(stage, *healthy, 190);
  EXPECT_TRUE(eventually([&] { return stage.account().exported == 2'000; }));
  EXPECT_EQ(stage.account().dropped.total(), 0U);
  const ExporterStats stats = stage.stats().exporters[0];
  EXPECT_EQ(stats.failed, stats.failures.queue_full);
  EXPECT_EQ(stats.failed + stats.inflight, 2'000U);
  expect_balanced(stage);
}

TEST(SeveralExporters, OneThatNeverReturnsDoesNotUseUpTheQueueForAnother) {
  const auto blocked = std::make_shared<RecordingExporter>();
  const auto healthy = std::make_shared<RecordingExporter>();
  blocked->block();
  const Stage stage({blocked, healthy}, of_a_small_queue());
  end_many(stage, *healthy, 190);
  EXPECT_TRUE(eventually([&] { return stage.account().exported == 2'000; }));
  EXPECT_EQ(stage.account().dropped.total(), 0U);
  EXPECT_EQ(blocked->batches().size(), 1U);
  expect_balanced(stage);
  blocked->release();
}

// A span of an eighth of all bytes: they are used up long before the queue.
constexpr int kEighth = static_cast<int>((1U << 20U) / detail::kChunkSize / 8);

TEST(SeveralExporters, ADeadOneDoesNotUseUpTheBytesForAnother) {
  const auto dead = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  BatchOptions options = of_a_small_queue();
  options.max_export_batch_size = 1;
  const Stage stage({dead, healthy}, options);
  for (std::size_t span = 1; span <= 40; ++span) {
    ASSERT_TRUE(eventually([&] { return stage.end_large_span(kEighth); })) << span;
    ASSERT_TRUE(healthy->wait_for(span)) << span;
  }
  EXPECT_TRUE(eventually([&] { return stage.account().exported == 40; }));
  EXPECT_LE(dead->held_spans(), 8U);
  const ExporterStats stats = stage.stats().exporters[0];
  EXPECT_EQ(stats.failed, stats.failures.queue_full);
  expect_balanced(stage);
}

// The bytes that open spans hold, three quarters here, come back only when those end.
struct BesideLongOpenSpans : ::testing::Test {
  const std::shared_ptr<AnsweringExporter> slow = AnsweringExporter::make();
  const std::shared_ptr<RecordingExporter> healthy = std::make_shared<RecordingExporter>();
  const Stage stage{{slow, healthy}, batches_of_one()};
  Record* const open = stage.start_large_span(6 * kEighth);

  static BatchOptions batches_of_one() {
    BatchOptions options = of_a_small_queue();
    options.max_export_batch_size = 1;
    return options;
  }
  void end_large_spans(std::size_t count, int chunks) {
    for (std::size_t span = 1; span <= count; ++span) {
      ASSERT_TRUE(eventually([&] { return stage.end_large_span(chunks); })) << span;
      ASSERT_TRUE(healthy->wait_for(++ended_)) << span;
    }
  }
  void TearDown() override {
    stage.end_span(*open);
    slow->answer_all({});
  }

 private:
  std::size_t ended_ = 0;
};

TEST_F(BesideLongOpenSpans, NothingIsGivenUpWhileWhatExportersHoldIsLittle) {
  end_large_spans(5, kEighth / 8);
  std::this_thread::sleep_for(1100ms);  // it is stalled since
  end_large_spans(5, kEighth / 8);      // each is room that somebody wants
  EXPECT_EQ(slow->held_spans(), 10U);
}

TEST_F(BesideLongOpenSpans, RoomIsMadeWhereExportersHoldMostOfTheRest) {
  end_large_spans(7, kEighth / 4);
  std::this_thread::sleep_for(1100ms);
  end_large_spans(20, kEighth / 4);
  EXPECT_LE(slow->held_spans(), 8U);
}

TEST(SeveralExporters, NothingIsGivenUpForRoomThatNobodyWants) {
  const auto slow = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  const Stage stage({slow, healthy}, of_a_small_queue());
  stage.end_spans(590);
  ASSERT_TRUE(healthy->wait_for(590));
  std::this_thread::sleep_for(1500ms);  // the worker has looked since
  EXPECT_EQ(slow->held_spans(), 590U);
  slow->answer_all({});
}

TEST(SeveralExporters, RoomIsMadeForThoseThatWereRefused) {
  const auto dead = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  const Stage stage({dead, healthy}, of_a_small_queue());
  stage.end_spans(600);
  ASSERT_TRUE(healthy->wait_for(600));
  stage.end_spans(1);
  EXPECT_EQ(stage.account().dropped.queue_full, 1U);
  EXPECT_TRUE(eventually([&] {
    stage.end_spans(1);
    return dead->held_spans() <= 400;
  }));
}

TEST(SeveralExporters, ADeadOneKeepsTheNewestThatThereIsRoomFor) {
  const auto dead = AnsweringExporter::make();
  const auto healthy = std::make_shared<RecordingExporter>();
  const Stage stage({dead, healthy}, of_a_small_queue());
  end_many(stage, *healthy, 100);
  EXPECT_GE(dead->held_spans(), 180U);
}

TEST(SeveralExporters, NothingIsGivenUpForRoomThatNobodyHasDelivered) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  const Stage stage({first, second}, of_a_small_queue());
  stage.end_spans(590);
  ASSERT_TRUE(first->wait_for_batches(59));
  std::this_thread::sleep_for(1200ms);  // the worker has looked since
  EXPECT_EQ(first->held_spans() + second->held_spans(), 1'180U);
  first->answer_all({});
  second->answer_all({});
}

TEST(SeveralExporters, EachHasItsOwnStatistics) {
  const auto first = AnsweringExporter::make();
  const auto second = AnsweringExporter::make();
  const Stage stage({first, second}, threadless());
  stage.end_spans(5);
  stage->run_once(in(0ms));
  first->answer(3);
  const Stats stats = stage.stats();
  ASSERT_EQ(stats.exporters.size(), 2U);
  EXPECT_EQ(stats.exporters[0].name, "answering");
  EXPECT_EQ(stats.exporters[0].exported, 3U);
  EXPECT_EQ(stats.exporters[0].failed, 2U);
  EXPECT_EQ(stats.exporters[0].inflight, 0U);
  EXPECT_EQ(stats.exporters[0].batches, 1U);
  EXPECT_EQ(stats.exporters[1].inflight, 5U);
  EXPECT_EQ(stats.exporters[1].batches, 0U);
  second->answer(5);
}

TEST(SeveralExporters, OneThatIsGivenTwiceIsOne) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter, exporter});
  stage.end_spans(2);
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 2U);
}

TEST(SeveralExporters, ANullOneIsLeftOut) {
  const Stage stage({nullptr});
  EXPECT_FALSE(stage->has_exporters());
}

}  // namespace
}  // namespace weft::testing
