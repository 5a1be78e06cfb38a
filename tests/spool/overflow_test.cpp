// SPDX-License-Identifier: Apache-2.0
// A backend that is away for long: what the queue cannot hold goes to segments of the spool.
#include "processor/overflow.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "spool/killed.hpp"
#include "support/recording.hpp"

namespace {

using namespace std::chrono_literals;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"overflow"};

// Answers only while the backend is up.
struct Backend final : weft::SpanExporter {
  weft::ExportResult export_spans(const weft::SpanBatch& batch) override {
    while (!is_up) std::this_thread::sleep_for(1ms);
    for (const weft::SpanView span : batch) ids.insert(span.context().span_id());
    return weft::ExportResult::success;
  }
  std::atomic<bool> is_up{false};
  std::set<weft::SpanId> ids;
};

struct Outage : testing::Test {
  const SpoolFolder folder;
  const std::shared_ptr<Backend> backend = std::make_shared<Backend>();
  weft::Telemetry telemetry = weft::init({.exporters = {backend},
                                          .batch = {.max_export_batch_size = 128},
                                          .spool_dir = folder.path()});

  // Paced, since only the worker's pace bounds what goes to the disk.
  void record(int count) {
    for (int i = 0; i < count; ++i) {
      {
        auto span = tracer.start("one", {{"long", std::string(i % 50 == 0 ? 3000 : 10, 'x')}});
      }
      if (i % 200 == 199) std::this_thread::sleep_for(25ms);
    }
  }
  void expect_even() const {
    const weft::Stats stats = telemetry.stats();
    EXPECT_EQ(stats.started, stats.exported + stats.dropped.total() + stats.live + stats.spooled);
  }
};

TEST_F(Outage, SpillsToTheDiskInsteadOfDropping) {
  record(10'000);
  const weft::Stats stats = telemetry.stats();
  EXPECT_EQ(stats.dropped.total(), 0U);
  EXPECT_GE(stats.spooled, 10'000U - 2048U);
  expect_even();
  backend->is_up = true;
}

TEST_F(Outage, WhatWasSpilledIsSentWhenItIsOver) {
  record(6'000);
  backend->is_up = true;
  EXPECT_TRUE(telemetry.force_flush(30s));
  telemetry.force_flush(30s);  // the first one may have begun while all was stuck
  const weft::Stats stats = telemetry.stats();
  EXPECT_EQ(stats.spooled, 0U);
  EXPECT_EQ(stats.exported, 6'000U);
  EXPECT_EQ(stats.recovered, 0U);
  EXPECT_EQ(backend->ids.size(), 6'000U);
  expect_even();
}

TEST_F(Outage, SpaceIsGivenBackWhenItIsOver) {
  record(6'000);
  backend->is_up = true;
  telemetry.force_flush(30s);
  telemetry.force_flush(30s);
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST(LongOutage, WhatIsNotSentByTheEndIsForTheNextProcess) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    auto telemetry = weft::init({.exporters = {std::make_shared<weft::testing::Silent>()},
                                 .batch = {.max_export_batch_size = 128},
                                 .spool_dir = folder.path()});
    for (int i = 0; i < 6'000; ++i) {
      {
        auto span = tracer.start("one");
      }
      if (i % 200 == 199) std::this_thread::sleep_for(25ms);
    }
    telemetry.shutdown(300ms);
    const weft::Stats stats = telemetry.stats();
    _exit(stats.spooled == 6'000 && telemetry.audit().spooled == 6'000 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(weft::testing::recover(folder.path()).spans.size(), 6'000U);
}

// Segments hold 4096 records: a little more than 4 MiB each.
TEST(Segments, MakeRoomByLosingTheOldest) {
  const SpoolFolder folder;
  const weft::testing::Recording recording;
  recording.record().end_time = recording.record().start_time + 1;
  const std::vector<weft::detail::Record*> batch(512, &recording.record());
  weft::detail::Overflow overflow(folder.path(), recording.pool(), {.bytes = 20U << 20U});
  std::uint64_t lost = 0;
  for (int i = 0; i < 8 * 6; ++i) {
    std::uint64_t forgotten = 0;
    EXPECT_EQ(overflow.append(batch, forgotten), 512U);
    lost += forgotten;
  }
  overflow.close_segment();
  EXPECT_EQ(lost % 4096, 0U);
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(lost + overflow.count(), 8U * 6U * 512U);
}

TEST(Segments, LoseWhatIsTooOld) {
  const SpoolFolder folder;
  const weft::testing::Recording recording;
  recording.record().end_time = recording.record().start_time + 1;
  const std::vector<weft::detail::Record*> batch(512, &recording.record());
  weft::detail::Overflow overflow(folder.path(), recording.pool(),
                                  {.age = std::chrono::seconds(-1)});
  std::uint64_t forgotten = 0;
  overflow.append(batch, forgotten);
  for (int i = 0; i < 8 && forgotten == 0; ++i) overflow.append(batch, forgotten);
  EXPECT_EQ(forgotten, 4096U);
}

}  // namespace
