// SPDX-License-Identifier: Apache-2.0
// keep_slow_and_failed as a program uses it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/recorded.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;

Options keeping(KeepOptions keep = {.slow_after = std::chrono::hours(1)}) {
  return {.sampler = samplers::keep_slow_and_failed(keep)};
}

std::vector<std::string> names(Recorded& recorded) {
  std::vector<std::string> found;
  for (const SpanData& span : recorded.spans()) found.push_back(span.name);
  std::ranges::sort(found);
  return found;
}
using Names = std::vector<std::string>;

void expect_balanced(const Telemetry& telemetry) {
  const Stats stats = telemetry.stats();
  EXPECT_EQ(stats.started, stats.exported + stats.dropped.total() + stats.live + stats.spooled);
  EXPECT_EQ(telemetry.audit().live, stats.live);
}

void handle(bool fails) {
  auto request = tracer.start(fails ? "failed request" : "request");
  {
    auto query = tracer.start("query");
  }
  if (fails) request.set_status(StatusCode::error);
}

TEST(KeepSlowAndFailed, KeepsAFailedTraceWhole) {
  Recorded recorded(keeping());
  handle(false);
  handle(true);
  EXPECT_EQ(names(recorded), (Names{"failed request", "query"}));
}

TEST(KeepSlowAndFailed, CountsWhatItLetsGo) {
  Recorded recorded(keeping());
  handle(false);
  handle(true);
  recorded.telemetry().force_flush();
  const Stats stats = recorded.telemetry().stats();
  EXPECT_EQ(stats.dropped.not_kept, 2U);
  EXPECT_EQ(stats.exported, 2U);
  EXPECT_EQ(stats.live, 0U);
  expect_balanced(recorded.telemetry());
}

TEST(KeepSlowAndFailed, KeepsASlowTrace) {
  Recorded recorded(keeping({.slow_after = 1000ms}));
  const auto start = std::chrono::system_clock::now();
  auto slow = tracer.start_detached("slow", {.start_time = start});
  slow.end(start + 1000ms);
  auto fast = tracer.start_detached("fast", {.start_time = start});
  fast.end(start + 999ms);
  EXPECT_EQ(names(recorded), Names{"slow"});
}

TEST(KeepSlowAndFailed, KeepsItsRatioOfTheOthers) {
  Recorded recorded({.sampler = samplers::keep_slow_and_failed(
                         {.slow_after = std::chrono::hours(1), .ratio = 0.25}),
                     .batch = {.max_queue_size = 8192}});
  for (int i = 0; i < 2'000; ++i) handle(false);
  const auto kept = names(recorded);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(kept, "request")), 500, 100);
  EXPECT_EQ(std::ranges::count(kept, "request"), std::ranges::count(kept, "query"));
}

TEST(KeepSlowAndFailed, HoldsWhatIsUndecidedAsLiveOverAFlush) {
  Recorded recorded(keeping());
  auto request = tracer.start("request");
  {
    auto query = tracer.start("query");
  }
  EXPECT_TRUE(recorded.telemetry().force_flush());
  EXPECT_EQ(recorded.telemetry().stats().live, 2U);
  EXPECT_EQ(recorded.telemetry().audit().ended, 1U);
  expect_balanced(recorded.telemetry());
}

TEST(KeepSlowAndFailed, SendsOnAsSampledWhatIsUndecided) {
  Recorded recorded(keeping());
  auto request = tracer.start("request");
  std::map<std::string, std::string> headers;
  inject(headers);
  EXPECT_EQ(headers["traceparent"].back() & 1, 1);
}

TEST(KeepSlowAndFailed, RecordsBelowARemoteParentThatIsNotSampled) {
  Recorded recorded(keeping());
  {
    auto span = tracer.start(
        "served", {.parent = extract(std::map<std::string, std::string>{
                       {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"},
                       {"tracestate", "ot=th:8,a=1"}})});
    EXPECT_TRUE(span.is_recording());
    EXPECT_EQ(span.context().trace_state().view(), "a=1");
    span.set_status(StatusCode::error);
  }
  EXPECT_EQ(names(recorded), Names{"served"});
}

TEST(KeepSlowAndFailed, DecidesForEachRequestOfOneTrace) {
  const std::map<std::string, std::string> headers{
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  Recorded recorded(keeping());
  for (const char* name : {"first", "second"}) {
    auto request = tracer.start(name, {.parent = extract(headers)});
    auto query = tracer.start(std::string(name) + " query");
    if (std::string_view(name) == "second") request.set_status(StatusCode::error);
  }
  EXPECT_EQ(names(recorded), (Names{"second", "second query"}));
}

TEST(KeepSlowAndFailed, SeesAFailureOnAnotherThread) {
  Recorded recorded(keeping());
  for (int i = 0; i < 50; ++i) {
    auto request = tracer.start("request");
    std::thread worker(bind([] {
      auto job = tracer.start("job");
      job.set_status(StatusCode::error);
    }));
    worker.join();
  }
  EXPECT_EQ(names(recorded).size(), 100U);
}

TEST(KeepSlowAndFailed, DecidesAtShutdownWhatIsThere) {
  Recorded recorded(keeping());
  auto request = tracer.start("request");
  {
    auto query = tracer.start("query");
  }
  {
    auto failed = tracer.start("failed", {.root = true});
    auto below = tracer.start("below");
    below.set_status(StatusCode::error);
    below.end();
    recorded.telemetry().shutdown();
  }
  const Stats stats = recorded.telemetry().stats();
  EXPECT_EQ(stats.exported, 1U);
  EXPECT_EQ(stats.dropped.not_kept, 1U);
  EXPECT_EQ(stats.dropped.shutdown, 2U);
}

TEST(KeepSlowAndFailed, GivesUpInTimeWithoutAnybodyAsking) {
  Recorded recorded(keeping({.slow_after = std::chrono::hours(1), .max_wait = 20ms}));
  auto request = tracer.start("request");
  {
    auto query = tracer.start("query");
  }
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (recorded.telemetry().stats().dropped.not_kept == 0 &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(recorded.telemetry().stats().dropped.not_kept, 1U);
}

TEST(KeepSlowAndFailed, MayBeTheRootOfAParentBasedSampler) {
  Recorded recorded({.sampler = samplers::parent_based(
                         samplers::keep_slow_and_failed({.slow_after = std::chrono::hours(1)}))});
  handle(false);
  handle(true);
  EXPECT_EQ(names(recorded), (Names{"failed request", "query"}));
}

TEST(KeepSlowAndFailed, WorksWithoutAWorker) {
  Options options = keeping();
  options.batch.worker.none = true;
  Recorded recorded(std::move(options));
  handle(false);
  handle(true);
  recorded.telemetry().run_once(1000ms);
  EXPECT_EQ(recorded.telemetry().stats().exported, 2U);
}

// Far more than the queue holds, and a root that finds no place leaves its child waiting: whatever
// happens, the account holds.
TEST(KeepSlowAndFailed, GoesOnUnderLoadOfManyThreads) {
  Recorded recorded({.sampler = samplers::keep_slow_and_failed(
                         {.slow_after = std::chrono::hours(1), .max_traces = 64}),
                     .batch = {.max_queue_size = 1024, .max_export_batch_size = 64}});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 5'000; ++n) handle(n % 50 == 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  recorded.telemetry().force_flush();
  expect_balanced(recorded.telemetry());
  recorded.telemetry().shutdown();
  const Stats stats = recorded.telemetry().stats();
  EXPECT_EQ(stats.started, 40'000U);
  EXPECT_EQ(stats.exported + stats.dropped.not_kept + stats.dropped.queue_full, 40'000U);
  EXPECT_GT(stats.exported, 0U);
}

}  // namespace
}  // namespace weft::testing
