// SPDX-License-Identifier: Apache-2.0
// A user's code that shutdown calls for the last time and that never returns.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <weft/weft.hpp>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "support/account.hpp"
#include "support/gate.hpp"
#include "support/no_threads.hpp"

namespace weft::testing {
namespace {

using Status = FlushResult::Status;
using std::chrono::steady_clock;

constexpr Tracer kTracer{"last calls"};

struct Flushing final : SpanProcessor {
  explicit Flushing(GatePtr where) : gate(std::move(where)) {}
  bool force_flush(Deadline) override {
    gate->pass();
    return true;
  }
  const GatePtr gate;
};

struct Ending final : SpanProcessor {
  explicit Ending(std::function<bool()> how) : at_shutdown(std::move(how)) {}
  bool shutdown(Deadline) override { return at_shutdown(); }
  std::function<bool()> at_shutdown;
};

ProcessorPtr stuck(const GatePtr& gate) {
  return std::make_shared<Ending>([gate] {
    gate->pass();
    return true;
  });
}

Options options() {
  return {.exporters = {std::make_shared<RecordingExporter>()},
          .batch = {.schedule_delay = std::chrono::hours(1)},
          .on_error = [](const Error&) {}};
}

/// A telemetry with a span that is lost, of which its end tells.
class Losing {
 public:
  explicit Losing(Options chosen)
      : telemetry_(init(std::move(chosen))), open_(kTracer.start_detached("open")) {}

  Telemetry& telemetry() { return telemetry_; }
  /// Nothing when shutdown did not return while the gate was closed.
  std::optional<FlushResult> end(const GatePtr& gate, std::chrono::milliseconds timeout = 100ms) {
    auto ended = std::async(std::launch::async, [&] { return telemetry_.shutdown(timeout); });
    const bool is_back = ended.wait_for(10s) == std::future_status::ready;
    if (!is_back) gate->open();
    const FlushResult result = ended.get();
    return is_back ? std::optional(result) : std::nullopt;
  }

 private:
  Telemetry telemetry_;
  DetachedSpan open_;
};

struct ShutdownWhoseUserNeverReturns : ::testing::Test {
  GatePtr gate = std::make_shared<Gate>();
  Options chosen = options();
  void TearDown() override { gate->open(); }
};

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackFromOnError) {
  chosen.on_error = [gate = gate](const Error&) { gate->pass(); };
  Losing losing(std::move(chosen));
  EXPECT_TRUE(losing.end(gate).has_value());
  EXPECT_EQ(gate->waiting(), 1);
}

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackFromWhatIsLocalToOurThreads) {
  struct Local {
    GatePtr gate;
    ~Local() {
      if (gate != nullptr) gate->pass();
    }
  };
  chosen.batch.worker.on_start = [gate = gate] {
    static thread_local Local local;
    local.gate = gate;
  };
  Losing losing(std::move(chosen));
  {
    auto span = kTracer.start("recorded");
  }
  EXPECT_TRUE(losing.end(gate).has_value());
  EXPECT_TRUE(gate->wait_for_one());
}

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackFromAProcessor) {
  chosen.processors = {stuck(gate)};
  Losing losing(std::move(chosen));
  EXPECT_TRUE(losing.end(gate).has_value());
  EXPECT_EQ(gate->waiting(), 1);
}

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackFromOnStats) {
  chosen.stats.on_stats = [gate = gate](const Stats&) { gate->pass(); };
  Losing losing(std::move(chosen));
  EXPECT_TRUE(losing.end(gate).has_value());
  EXPECT_EQ(gate->waiting(), 1);
}

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackFromWhatItReportsOnTheWay) {
  chosen.on_error = [gate = gate](const Error&) { gate->pass(); };
  chosen.processors = {std::make_shared<Ending>([]() -> bool { throw 1; })};
  Losing losing(std::move(chosen));
  EXPECT_TRUE(losing.end(gate).has_value());
  EXPECT_GE(gate->waiting(), 1);
}

TEST_F(ShutdownWhoseUserNeverReturns, ComesBackWhileAnotherThreadFlushesAProcessor) {
  chosen.processors = {std::make_shared<Flushing>(gate)};
  Losing losing(std::move(chosen));
  std::thread flushing([&] { losing.telemetry().force_flush(20s); });
  EXPECT_TRUE(gate->wait_for_one());
  EXPECT_TRUE(losing.end(gate).has_value());
  gate->open();
  flushing.join();
}

TEST_F(ShutdownWhoseUserNeverReturns, TakesItsDeadlineAndASecondForEachKindOfCallAtMost) {
  chosen.on_error = [gate = gate](const Error&) { gate->pass(); };
  chosen.stats.on_stats = [gate = gate](const Stats&) { gate->pass(); };
  for (int i = 0; i < 20; ++i) chosen.processors.push_back(stuck(gate));
  Losing losing(std::move(chosen));
  const auto begin = steady_clock::now();
  losing.end(gate, 300ms);
  EXPECT_LT(steady_clock::now() - begin, 300ms + 4s + 500ms);
  EXPECT_EQ(gate->waiting(), 22);
}

TEST_F(ShutdownWhoseUserNeverReturns, TimesOutWhereAProcessorIsStuck) {
  chosen.processors = {stuck(gate)};
  Losing losing(std::move(chosen));
  EXPECT_EQ(losing.end(gate), FlushResult(Status::timed_out));
}

TEST_F(ShutdownWhoseUserNeverReturns, ShutsTheOtherProcessorsDown) {
  std::atomic<int> ended{0};
  const auto other = std::make_shared<Ending>([&] { return ++ended == 1; });
  chosen.processors = {stuck(gate), other};
  Losing losing(std::move(chosen));
  ASSERT_TRUE(losing.end(gate).has_value());
  EXPECT_EQ(ended, 1);
}

TEST_F(ShutdownWhoseUserNeverReturns, TellsOnStatsWhereOnErrorIsStuck) {
  chosen.on_error = [gate = gate](const Error&) { gate->pass(); };
  std::atomic<std::uint64_t> lost{0};
  chosen.stats.on_stats = [&](const Stats& last) { lost = last.dropped.shutdown; };
  Losing losing(std::move(chosen));
  ASSERT_TRUE(losing.end(gate).has_value());
  EXPECT_EQ(lost, 1U);
}

TEST_F(ShutdownWhoseUserNeverReturns, IsOverAndItsAccountSettled) {
  chosen.processors = {stuck(gate)};
  chosen.on_error = [gate = gate](const Error&) { gate->pass(); };
  Losing losing(std::move(chosen));
  ASSERT_TRUE(losing.end(gate).has_value());
  expect_exact_account(losing.telemetry());
  EXPECT_EQ(losing.telemetry().stats().dropped.shutdown, 1U);
  EXPECT_TRUE(init(options()));
}

TEST_F(ShutdownWhoseUserNeverReturns, KeepsAProcessorThatIsStuck) {
  chosen.processors = {stuck(gate)};
  const std::weak_ptr<SpanProcessor> kept = chosen.processors[0];
  {
    Losing losing(std::move(chosen));
    losing.end(gate);
  }
  EXPECT_FALSE(kept.expired());
}

// One that is only slow is waited for: what it refers to may be gone soon after.

TEST(LastCall, OfAProcessorThatIsSlowButInTimeIsWaitedFor) {
  Options chosen = options();
  std::atomic<int> ended{0};
  const auto slow = [&] {
    std::this_thread::sleep_for(700ms);
    return ++ended > 0;
  };
  chosen.processors = {std::make_shared<Ending>(slow),
                       std::make_shared<Ending>([] { return true; })};
  Losing losing(std::move(chosen));
  EXPECT_EQ(losing.telemetry().shutdown(1s), FlushResult(Status::success));
  EXPECT_EQ(ended, 1);
}

TEST(LastCall, OfOnErrorThatIsSlowIsWaitedForBeyondTheDeadline) {
  Options chosen = options();
  std::atomic<bool> has_returned{false};
  chosen.on_error = [&](const Error&) {
    std::this_thread::sleep_for(300ms);
    has_returned = true;
  };
  Losing losing(std::move(chosen));
  losing.telemetry().shutdown(10ms);
  EXPECT_TRUE(has_returned);
}

TEST(LastCall, StartsNoWorker) {
  Options chosen = options();
  std::atomic<int> started{0};
  chosen.batch.worker.on_start = [&] { ++started; };
  chosen.processors = {std::make_shared<Ending>([] { return true; })};
  Losing losing(std::move(chosen));
  {
    auto span = kTracer.start("recorded");
  }
  losing.telemetry().force_flush();
  constexpr int kAll = 2;  // the worker, which a flush does not wait for, and the exporter's
  ASSERT_TRUE(eventually([&] { return started == kAll; }));
  losing.telemetry().shutdown(20s);
  EXPECT_EQ(started, kAll);
}

// For what it starts: a program that inherits a full mask cannot be told to end.
TEST(LastCall, HasTheCallersMaskOfSignals) {
  Options chosen = options();
  sigset_t mask;
  sigfillset(&mask);
  chosen.stats.on_stats = [&](const Stats&) { pthread_sigmask(SIG_BLOCK, nullptr, &mask); };
  Losing losing(std::move(chosen));
  std::thread([&] {
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &own, nullptr);
    losing.telemetry().shutdown(20s);
  }).join();
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0);
  EXPECT_EQ(sigismember(&mask, SIGUSR2), 1);
}

// What is called for the last time may call back.

void expect_soon(const std::function<void()>& shut_down) {
  const auto begin = steady_clock::now();
  shut_down();
  EXPECT_LT(steady_clock::now() - begin, 10s);
}

TEST(LastCall, OfOnErrorMayShutDown) {
  Options chosen = options();
  std::atomic<int> told{0};
  chosen.on_error = [&](const Error&) {
    ++told;
    active_telemetry().shutdown(20s);
  };
  Losing losing(std::move(chosen));
  expect_soon([&] { losing.telemetry().shutdown(20s); });
  EXPECT_EQ(told, 1);
}

TEST(LastCall, OfAProcessorMayFlushAndShutDown) {
  Options chosen = options();
  std::atomic<int> ended{0};
  chosen.processors = {std::make_shared<Ending>([&] {
    active_telemetry().force_flush(20s);
    active_telemetry().shutdown(20s);
    return ++ended == 1;
  })};
  Losing losing(std::move(chosen));
  expect_soon([&] { losing.telemetry().shutdown(20s); });
  EXPECT_EQ(ended, 1);
}

TEST(LastCall, OfAProcessorComesWhenAllWasExported) {
  const auto exporter = std::make_shared<RecordingExporter>();
  Options chosen = options();
  chosen.exporters = {exporter};
  std::size_t exported = 0;
  chosen.processors = {std::make_shared<Ending>([&] {
    exported = exporter->spans();
    return true;
  })};
  Telemetry telemetry = init(std::move(chosen));
  for (int i = 0; i < 3; ++i) auto span = kTracer.start("recorded");
  telemetry.shutdown(20s);
  EXPECT_EQ(exported, 3U);
}

TEST(LastCall, OfOnStatsMayShutDown) {
  Options chosen = options();
  std::atomic<int> told{0};
  chosen.stats.on_stats = [&](const Stats&) {
    ++told;
    active_telemetry().shutdown(20s);
  };
  Losing losing(std::move(chosen));
  expect_soon([&] { losing.telemetry().shutdown(20s); });
  EXPECT_EQ(told, 1);
}

TEST(LastCall, IsMadeOnTheCallersThreadWhereTheSystemGivesNoOther) {
  Options chosen = options();
  std::thread::id where;
  chosen.stats.on_stats = [&](const Stats&) { where = std::this_thread::get_id(); };
  const NoThreads none;
  Losing losing(std::move(chosen));
  losing.telemetry().shutdown(20s);
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(LastCall, IsMadeOnTheCallersThreadWhereThereAreToBeNoOthers) {
  Options chosen = options();
  chosen.batch.worker.none = true;
  std::thread::id where;
  chosen.on_error = [&](const Error&) { where = std::this_thread::get_id(); };
  Losing losing(std::move(chosen));
  losing.telemetry().shutdown(20s);
  EXPECT_EQ(where, std::this_thread::get_id());
}

}  // namespace
}  // namespace weft::testing
