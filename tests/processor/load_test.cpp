// SPDX-License-Identifier: Apache-2.0
// Many threads at once, threads that come and go, exporters that fail now and then: the account
// holds. For the sanitizers above all.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

template <class Body>
void on_threads(int count, Body&& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST(Load, EverySpanIsAccountedForWhenTheQueueIsFullNowAndThen) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::patient();
  options.max_queue_size = 256;
  options.max_export_batch_size = 32;
  const Stage stage({exporter}, options);
  on_threads(4, [&](int) { stage.end_spans(20'000); });
  EXPECT_TRUE(stage->force_flush(far_away()));
  const Account account = stage.account();
  EXPECT_EQ(account.exported, exporter->spans());
  EXPECT_EQ(account.exported + account.dropped.queue_full, 80'000U);
  expect_balanced(stage);
}

TEST(Load, NothingIsDroppedWhileThereIsRoom) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::patient();
  options.max_export_batch_size = 16;
  const Stage stage({exporter}, options);
  on_threads(2, [&](int) {
    for (int i = 0; i < 200; ++i) {
      stage.end_spans(5);
      if (i % 50 != 49) continue;
      EXPECT_TRUE(stage->force_flush(far_away()));
    }
  });
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(stage.account().exported, 2000U);
  EXPECT_EQ(exporter->spans(), 2000U);
}

TEST(Load, ThreadsMayComeAndGo) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  on_threads(2, [&](int) {
    for (int i = 0; i < 100; ++i) std::thread([&] { stage.end_spans(3); }).join();
  });
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 600U);
  expect_balanced(stage);
}

TEST(Load, StatisticsMayBeReadMeanwhile) {
  const auto healthy = std::make_shared<RecordingExporter>();
  const auto failing = std::make_shared<RecordingExporter>();
  failing->on_export([] { return ExportResult::failure; });
  const Stage stage({failing, healthy});
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      const Stats stats = stage.stats();
      EXPECT_EQ(stats.dropped.total(), 0U);
      std::this_thread::yield();
    }
  });
  on_threads(2, [&](int) { stage.end_spans(5'000); });
  stage->force_flush(far_away());
  done = true;
  reader.join();
  EXPECT_EQ(stage.account().exported, healthy->spans());
  EXPECT_EQ(stage.stats().exporters[0].failed, failing->spans());
}

TEST(Load, TheTimerSendsEverythingInTheEnd) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options;
  options.schedule_delay = 1ms;
  options.max_queue_size = 100'000;
  const Stage stage({exporter}, options);
  on_threads(2, [&](int) { stage.end_spans(3'000); });
  ASSERT_TRUE(exporter->wait_for(6'000));
  EXPECT_TRUE(eventually([&] { return stage.account().exported == 6'000; }));
}

}  // namespace
}  // namespace weft::testing
