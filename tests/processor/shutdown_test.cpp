// SPDX-License-Identifier: Apache-2.0
// shutdown: by its deadline, whatever the exporters do, and with the account in balance.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using Status = FlushResult::Status;
using detail::GiveUp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

BatchOptions batches_of(std::size_t size) {
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = size;
  return options;
}

TEST(Shutdown, SendsWhatHasEnded) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(5);
  EXPECT_EQ(stage->shutdown(far_away()).status(), Status::success);
  EXPECT_EQ(exporter->spans(), 5U);
  expect_balanced(stage);
}

TEST(Shutdown, EndsLongBeforeItsDeadlineWhenAllIsDone) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_span();
  const auto begin = steady_clock::now();
  stage->shutdown(far_away());
  EXPECT_LT(steady_clock::now() - begin, 10s);
}

TEST(Shutdown, ShutsTheExporterDownOnce) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_span();
  stage->shutdown(far_away());
  stage->shutdown(far_away());
  EXPECT_EQ(exporter->shutdowns, 1);
}

TEST(Shutdown, ShutsDownAnExporterThatWasNeverUsed) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  EXPECT_TRUE(stage->shutdown(far_away()));
  EXPECT_EQ(exporter->shutdowns, 1);
}

TEST(Shutdown, ShutsTheExporterDownEvenWithoutTime) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage->shutdown(in(0ms));
  // Perhaps on a thread that was left behind.
  EXPECT_TRUE(eventually([&] { return exporter->shutdowns == 1; }));
}

TEST(Shutdown, FailsWhenTheExportersOwnDoes) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->shutdown_result = false;
  const Stage stage({exporter});
  EXPECT_EQ(stage->shutdown(far_away()).status(), Status::failed);
}

TEST(Shutdown, GivesLaterCallersTheResultOfTheFirst) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  const Stage stage({exporter});
  stage.end_span();
  EXPECT_EQ(stage->shutdown(far_away()).status(), Status::failed);
  EXPECT_EQ(stage->shutdown(far_away()).status(), Status::failed);
}

// By how much a shutdown with that timeout outlasts it while an export is stuck; the least of three
// tries, since a busy machine is late now and then.
steady_clock::duration time_over(milliseconds timeout) {
  auto least = steady_clock::duration::max();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto exporter = std::make_shared<RecordingExporter>();
    exporter->block();
    const Stage stage({exporter}, batches_of(1));
    stage.end_span();
    EXPECT_TRUE(exporter->wait_for(1));
    const Deadline deadline = in(timeout);
    EXPECT_EQ(stage->shutdown(deadline).status(), Status::timed_out);
    least = std::min(least, steady_clock::now() - deadline);
    exporter->release();
  }
  return least;
}

TEST(Shutdown, ReturnsWithinItsTimeoutWhenAnExporterIsStuck) {
  EXPECT_LT(time_over(50ms), 30ms);
  EXPECT_LT(time_over(200ms), 30ms);
  EXPECT_LT(time_over(500ms), 30ms);
}

TEST(Shutdown, KeepsTheEndOfItsTimeoutForAnExportThatReturnsLate) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter}, batches_of(1));
  stage.end_spans(2);
  ASSERT_TRUE(exporter->wait_for(1));
  std::thread releaser([&] {
    // The flush's part of the time is over: the batch behind is given up.
    EXPECT_TRUE(eventually([&] { return stage.account().dropped.shutdown == 1; }));
    exporter->release();
  });
  stage->shutdown(in(2s));
  releaser.join();
  EXPECT_EQ(exporter->shutdowns, 1);
  EXPECT_EQ(exporter->spans(), 1U);
}

TEST(Shutdown, LeavesABlockedExporterBehindAtItsDeadline) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter}, batches_of(3));
  stage.end_spans(3);
  ASSERT_TRUE(exporter->wait_for(3));
  const Deadline deadline = in(20ms);
  EXPECT_EQ(stage->shutdown(deadline).status(), Status::timed_out);
  EXPECT_LT(steady_clock::now(), deadline + 200ms);
  EXPECT_EQ(stage.account().dropped.shutdown, 3U);
  EXPECT_TRUE(stage->has_left_records_behind());
  expect_balanced(stage);
  exporter->release();
}

TEST(Shutdown, CountsNothingTwiceWhenALeftBehindExporterReturns) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter}, batches_of(3));
  stage.end_spans(3);
  ASSERT_TRUE(exporter->wait_for(3));
  stage->shutdown(in(1ms));
  exporter->release();
  ASSERT_TRUE(eventually([&] { return stage.stats().exporters[0].exported == 3; }));
  const Account account = stage.account();
  EXPECT_EQ(account.exported, 0U);
  EXPECT_EQ(account.dropped.shutdown, 3U);
}

TEST(Shutdown, LeavesNoRecordsBehindWhenExportersAnswer) {
  const Stage stage({AnsweringExporter::make()});
  stage.end_spans(3);
  stage->shutdown(in(1ms));
  EXPECT_FALSE(stage->has_left_records_behind());
  EXPECT_EQ(stage.account().dropped.shutdown, 3U);
  expect_balanced(stage);
}

TEST(Shutdown, DropsTheBatchesBehindABlockedOne) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter}, batches_of(2));
  stage.end_spans(6);
  ASSERT_TRUE(exporter->wait_for(2));
  stage->shutdown(in(1ms));
  EXPECT_EQ(exporter->batches().size(), 1U);
  EXPECT_EQ(stage.account().dropped.shutdown, 6U);
  exporter->release();
}

TEST(Shutdown, DropsWhatIsHandedOverAfterwards) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_span();
  stage->shutdown(far_away());
  stage.end_spans(2);
  const Account account = stage.account();
  EXPECT_EQ(account.exported, 1U);
  EXPECT_EQ(account.dropped.shutdown, 2U);
  expect_balanced(stage);
}

TEST(Shutdown, LosesNoSpanThatEndsMeanwhile) {
  for (int round = 0; round < 20; ++round) {
    const auto exporter = std::make_shared<RecordingExporter>();
    const Stage stage({exporter});
    std::thread other([&] { stage.end_spans(2000); });
    ASSERT_TRUE(exporter->wait_for(1));
    stage->shutdown(far_away());
    other.join();
    const Account account = stage.account();
    ASSERT_EQ(account.exported, exporter->spans());
    ASSERT_EQ(account.live, 0U) << round;
    expect_balanced(stage);
  }
}

TEST(Shutdown, WhileAFlushWaitsEndsThatToo) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  const Stage stage({exporter});
  stage.end_span();
  Status flushed = Status::success;
  std::thread flusher([&] { flushed = stage->force_flush(far_away()).status(); });
  ASSERT_TRUE(exporter->wait_for(1));
  stage->shutdown(in(20ms));
  flusher.join();
  EXPECT_EQ(flushed, Status::failed);
  exporter->release();
}

TEST(Shutdown, FlushAfterItSucceedsAtOnce) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_span();
  stage->shutdown(far_away());
  EXPECT_TRUE(stage->force_flush(far_away()));
}

TEST(Shutdown, ClosesAnAsynchronousExporter) {
  const auto exporter = AnsweringExporter::make();
  const Stage stage({exporter});
  stage.end_span();
  stage->shutdown(in(1ms));
  EXPECT_TRUE(exporter->closed);
}

TEST(Shutdown, KeepsItsDeadlineWhenAnExporterNeverAnswers) {
  const auto exporter = AnsweringExporter::make();
  exporter->answers_at_close = false;
  {
    const Stage stage({exporter});
    stage.end_span();
    const Deadline deadline = in(20ms);
    EXPECT_EQ(stage->shutdown(deadline).status(), Status::timed_out);
    EXPECT_LT(steady_clock::now(), deadline + 200ms);
    EXPECT_TRUE(stage->has_left_records_behind());
  }
  exporter->answer(1);  // long after the pipeline has gone
}

}  // namespace
}  // namespace weft::testing
