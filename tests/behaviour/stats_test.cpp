// SPDX-License-Identifier: Apache-2.0
// The figures about itself, and where they go: OpenTelemetry's `otel.sdk.*`.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/recorded.hpp"

namespace {

using std::chrono::milliseconds;
using weft::Stats;
using weft::testing::Recorded;
using weft::testing::tracer;

void make_spans(int count) {
  for (int i = 0; i < count; ++i) auto span = tracer.start("span");
}

/// A file of this test's own, gone afterwards.
struct ScratchFile {
  ScratchFile()
      : path(std::filesystem::temp_directory_path() /
             ("weft-stats-" + std::to_string(getpid()) + ".jsonl")) {
    std::filesystem::remove(path);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::filesystem::remove(path); }
  std::string last_line() const {
    std::ifstream in(path);
    std::string line;
    std::string last;
    while (std::getline(in, line)) last = line;
    return last;
  }
  const std::filesystem::path path;
};

class Failing : public weft::SpanExporter {
 public:
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::failure;
  }
};

TEST(SelfStats, CountWhatTheSamplerDropped) {
  Recorded recorded({.sampler = weft::samplers::always_off()});
  make_spans(3);
  const Stats stats = recorded.telemetry().stats();
  EXPECT_EQ(stats.not_recorded, 3U);
  EXPECT_EQ(stats.started, 0U);
}

class Refusing : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters&) override { return {}; }
};

TEST(SelfStats, CountWhatAUsersSamplerDropped) {
  Recorded recorded({.sampler = std::make_shared<Refusing>()});
  make_spans(3);
  EXPECT_EQ(recorded.telemetry().stats().not_recorded, 3U);
}

TEST(SelfStats, WriteWhatIsOnlyRecordedApart) {
  const ScratchFile file;
  Recorded recorded({.sampler = weft::samplers::always_record(weft::samplers::always_off()),
                     .stats = {.file = file.path}});
  make_spans(3);
  recorded.telemetry().shutdown();
  const std::string line = file.last_line();
  const std::size_t label = line.find("RECORD_ONLY");
  ASSERT_NE(label, std::string::npos) << line;
  EXPECT_EQ(line.find(R"("asInt":"3")", label), line.find(R"("asInt":)", label)) << line;
}

class ThrowingExporter : public Failing {
 public:
  bool force_flush(weft::Deadline) override { throw std::runtime_error("flush"); }
  bool shutdown(weft::Deadline) override { throw std::runtime_error("shutdown"); }
};

TEST(UserExceptions, OfAnExportersFlushAreCounted) {
  Recorded recorded({.exporters = {std::make_shared<ThrowingExporter>()}});
  make_spans(1);
  recorded.telemetry().force_flush();
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 1U);
}

TEST(UserExceptions, OfAnExportersShutdownAreCounted) {
  Recorded recorded({.exporters = {std::make_shared<ThrowingExporter>()}});
  recorded.telemetry().shutdown();
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 1U);
}

TEST(UserExceptions, OfOnStatsAreCounted) {
  Recorded recorded({.stats = {.on_stats = [](const Stats&) { throw std::runtime_error("no"); }}});
  recorded.telemetry().shutdown();
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 1U);
}

class Undescribed : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters&) override { return {}; }
  std::string description() override { throw std::runtime_error("no words"); }
};

TEST(UserExceptions, OfASamplersDescriptionAreCounted) {
  Recorded recorded({.sampler = std::make_shared<Undescribed>()});
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 1U);
}

TEST(SelfStats, OfTheQueueAreItsSizeAndCapacity) {
  Recorded recorded({.batch = {.max_queue_size = 64, .schedule_delay = std::chrono::hours(1)}});
  make_spans(5);
  const weft::ProcessorStats processor = recorded.telemetry().stats().processor;
  EXPECT_EQ(processor.queue_capacity, 64U);
  EXPECT_GE(processor.queue_size, 5U);
  EXPECT_LE(processor.queue_size, 64U);
  EXPECT_EQ(processor.processed, 0U);
}

TEST(SelfStats, OfTheQueueCountWhatWentToTheExporters) {
  Recorded recorded;
  make_spans(5);
  recorded.telemetry().force_flush();
  EXPECT_EQ(recorded.telemetry().stats().processor.processed, 5U);
}

TEST(SelfStats, OfAnExporterHaveTheDurationOfEachBatch) {
  Recorded recorded;
  make_spans(1);
  recorded.telemetry().force_flush();
  make_spans(1);
  recorded.telemetry().force_flush();
  const weft::ExporterStats exporter = recorded.telemetry().stats().exporters.at(0);
  EXPECT_EQ(exporter.batches, 2U);
  EXPECT_EQ(std::accumulate(exporter.durations.begin(), exporter.durations.end(), 0ULL), 2U);
  EXPECT_GT(exporter.duration.count(), 0);
}

TEST(SelfStats, OfAnExporterSayWhyItFailed) {
  auto telemetry = weft::init(
      {.exporters = {std::make_shared<Failing>()}, .on_error = [](const weft::Error&) {}});
  make_spans(4);
  telemetry.force_flush();
  const weft::ExporterStats exporter = telemetry.stats().exporters.at(0);
  EXPECT_EQ(exporter.failures.retry_exhausted, 4U);
  EXPECT_EQ(exporter.failures.total(), exporter.failed);
}

TEST(SelfStats, OfAnExporterHaveTheDurationOfEachFailedBatch) {
  auto telemetry = weft::init(
      {.exporters = {std::make_shared<Failing>()}, .on_error = [](const weft::Error&) {}});
  make_spans(4);
  telemetry.force_flush();
  const weft::ExporterStats exporter = telemetry.stats().exporters.at(0);
  const weft::ExporterStats::Failed failed = exporter.failed_batches.retry_exhausted;
  EXPECT_EQ(failed.batches, exporter.batches);
  EXPECT_EQ(failed.duration, exporter.duration);
  EXPECT_EQ(failed.durations, exporter.durations);
  EXPECT_EQ(exporter.failed_batches.rejected.batches, 0U);
}

TEST(SelfStats, OfAnExporterThatSucceedsHaveNoFailedBatch) {
  Recorded recorded;
  make_spans(1);
  recorded.telemetry().force_flush();
  const weft::ExporterStats exporter = recorded.telemetry().stats().exporters.at(0);
  EXPECT_EQ(exporter.failed_batches.retry_exhausted.batches, 0U);
}

TEST(SelfStats, AreOneLineOfText) {
  Stats stats;
  stats.started = 7;
  stats.exported = 4;
  stats.dropped.queue_full = 3;
  stats.exporters.emplace_back().name = "otlp_http";
  EXPECT_EQ(to_string(stats),
            "started = 7, exported = 4, live = 0, dropped = 3 (queue_full 3), not recorded = 0; "
            "otlp_http: exported = 0, failed = 0, inflight = 0");
}

TEST(StatsReport, IsMadeEverySoOften) {
  std::mutex mutex;
  std::condition_variable changed;
  int reports = 0;
  Recorded recorded({.stats = {.interval = milliseconds(5), .on_stats = [&](const Stats&) {
                                 const std::lock_guard lock(mutex);
                                 ++reports;
                                 changed.notify_all();
                               }}});
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return reports >= 3; }));
}

TEST(StatsReport, IsMadeOnceMoreAtShutdownWithTheWholeAccount) {
  Stats last;
  Recorded recorded({.stats = {.on_stats = [&](const Stats& stats) { last = stats; }}});
  make_spans(6);
  recorded.telemetry().shutdown();
  EXPECT_EQ(last.started, 6U);
  EXPECT_EQ(last.exported, 6U);
}

TEST(StatsReport, WithoutAThreadIsMadeByWhoRuns) {
  int reports = 0;
  Recorded recorded(
      {.batch = {.worker = {.none = true}},
       .stats = {.interval = milliseconds(1), .on_stats = [&](const Stats&) { ++reports; }}});
  const auto end = std::chrono::steady_clock::now() + milliseconds(2);
  while (std::chrono::steady_clock::now() < end) {
  }
  recorded.telemetry().run_once();
  EXPECT_EQ(reports, 1);
}

TEST(StatsReport, GoesOnAfterACallbackThrew) {
  Recorded recorded({.stats = {.on_stats = [](const Stats&) { throw std::runtime_error("no"); }}});
  recorded.telemetry().shutdown();
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_EQ(recorded.errors()[0].code, weft::ErrorCode::user_callback);
}

TEST(StatsReport, IsALineOfTheFileThatTheVariableNames) {
  const ScratchFile file;
  setenv("WEFT_STATS_FILE", file.path.c_str(), 1);
  {
    Recorded recorded;
    make_spans(2);
  }
  unsetenv("WEFT_STATS_FILE");
  const std::string line = file.last_line();
  EXPECT_EQ(line.find(R"({"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name")"),
            0U)
      << line;
  EXPECT_NE(line.find("otel.sdk.exporter.operation.duration"), std::string::npos) << line;
}

TEST(StatsReport, SaysThatItsFileCannotBeWritten) {
  Recorded recorded({.stats = {.file = "/nowhere/at/all"}});
  recorded.telemetry().shutdown();
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_EQ(recorded.errors()[0].what,
            "the figures cannot be written to \"/nowhere/at/all\": No such file or directory");
}

TEST(StatsReport, WaitsForNoReaderOfAFileThatIsAPipe) {
  const ScratchFile file;
  ASSERT_EQ(mkfifo(file.path.c_str(), 0600), 0);
  Recorded recorded({.stats = {.file = file.path}});
  recorded.telemetry().shutdown();
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_EQ(recorded.errors()[0].what, "the figures cannot be written to \"" + file.path.string() +
                                           "\": No such device or address");
}

TEST(StatsReport, IsOneLineOnStandardErrorWhenAskedFor) {
  ::testing::internal::CaptureStderr();
  {
    Recorded recorded({.stats = {.log = true}});
    make_spans(1);
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find("weft: started = 1, exported = 1, live = 0, dropped = 0"), 0U) << text;
}

// Each call of it is stuck, that of the last report too.
TEST(StatsReport, DoesNotHoldShutdownUpBeyondItsDeadline) {
  struct Stuck {
    std::atomic<int> calls{0};
    std::atomic<bool> may_leave{false};
  };
  const auto stuck = std::make_shared<Stuck>();  // the callback may outlive this function
  auto telemetry =
      weft::init({.exporters = {weft::exporters::in_memory()},
                  .stats = {.interval = milliseconds(1), .on_stats = [stuck](const Stats&) {
                              ++stuck->calls;
                              for (int i = 0; i < 20000 && !stuck->may_leave; ++i) usleep(1000);
                            }}});
  while (stuck->calls == 0) usleep(1000);
  const auto begin = std::chrono::steady_clock::now();
  telemetry.shutdown(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  stuck->may_leave = true;
}

TEST(StatsReport, WithoutAThreadDoesNotHoldShutdownUpEither) {
  struct Stuck {
    std::atomic<int> calls{0};
    std::atomic<bool> may_leave{false};
  };
  const auto stuck = std::make_shared<Stuck>();
  auto telemetry =
      weft::init({.exporters = {weft::exporters::in_memory()},
                  .batch = {.worker = {.none = true}},
                  .stats = {.interval = milliseconds(1), .on_stats = [stuck](const Stats&) {
                              ++stuck->calls;
                              for (int i = 0; i < 20000 && !stuck->may_leave; ++i) usleep(1000);
                            }}});
  std::thread runs([&] {
    while (stuck->calls == 0) telemetry.run_once();
  });
  while (stuck->calls == 0) usleep(1000);
  const auto begin = std::chrono::steady_clock::now();
  telemetry.shutdown(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  stuck->may_leave = true;
  runs.join();
}

TEST(StatsReport, IsWrittenAtShutdownThoughTheCallbackIsStuck) {
  const ScratchFile file;
  const auto may_leave = std::make_shared<std::atomic<bool>>(false);
  const auto is_inside = std::make_shared<std::atomic<bool>>(false);
  auto telemetry = weft::init({.exporters = {weft::exporters::in_memory()},
                               .stats = {.interval = milliseconds(1),
                                         .on_stats =
                                             [may_leave, is_inside](const Stats&) {
                                               *is_inside = true;
                                               for (int i = 0; i < 20000 && !*may_leave; ++i) {
                                                 usleep(1000);
                                               }
                                             },
                                         .file = file.path}});
  while (!*is_inside) usleep(1000);
  make_spans(5);
  telemetry.shutdown(milliseconds(50));
  *may_leave = true;
  EXPECT_NE(file.last_line().find(R"("asInt":"5")"), std::string::npos) << file.last_line();
}

}  // namespace
