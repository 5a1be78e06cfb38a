// SPDX-License-Identifier: Apache-2.0
// The threads of ours: when they start, what they are like, and that they sleep.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "platform/error_reporter.hpp"
#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

struct Seen {
  std::mutex mutex;
  std::multiset<std::string> names;
  sigset_t blocked{};
  cpu_set_t cpus{};
  pid_t thread = 0;

  void look() {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    const std::lock_guard lock(mutex);
    names.insert(name);
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    pthread_getaffinity_np(pthread_self(), sizeof cpus, &cpus);
    thread = gettid();
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return names.size();
  }
};

BatchOptions looking(Seen& seen) {
  BatchOptions options = Stage::patient();
  options.worker.on_start = [&seen] { seen.look(); };
  return options;
}

std::uint64_t wakes_of(pid_t thread) {
  std::ifstream status("/proc/self/task/" + std::to_string(thread) + "/status");
  std::string word;
  while (status >> word) {
    if (word == "voluntary_ctxt_switches:") {
      std::uint64_t count = 0;
      status >> count;
      return count;
    }
  }
  return 0;
}

TEST(Worker, StartsWithTheFirstSpan) {
  Seen seen;
  const Stage stage({std::make_shared<RecordingExporter>()}, looking(seen));
  EXPECT_EQ(seen.count(), 0U);
  stage.end_span();
  EXPECT_TRUE(eventually([&] { return seen.count() == 1; }));
}

TEST(Worker, NeedsNoThreadWithoutExporters) {
  Seen seen;
  const Stage stage({}, looking(seen));
  stage.end_spans(10);
  stage->force_flush(far_away());
  EXPECT_EQ(seen.count(), 0U);
}

TEST(Worker, AndLanesAreNamed) {
  Seen seen;
  BatchOptions options = looking(seen);
  options.worker.name = "spans";
  const Stage stage({std::make_shared<RecordingExporter>(), AnsweringExporter::make()}, options);
  stage.end_span();
  stage->force_flush(in(20ms));
  ASSERT_TRUE(eventually([&] { return seen.count() == 3; }));
  EXPECT_EQ(seen.names, (std::multiset<std::string>{"spans", "spans-1", "spans-2"}));
}

TEST(Worker, NamesAreCutAtWhatTheSystemTakes) {
  Seen seen;
  BatchOptions options = looking(seen);
  options.worker.name = "a-name-of-twenty-two-b";
  const Stage stage({std::make_shared<RecordingExporter>()}, options);
  stage.end_span();
  ASSERT_TRUE(stage->force_flush(far_away()));
  ASSERT_TRUE(eventually([&] { return seen.count() == 2; }));
  EXPECT_EQ(seen.names, (std::multiset<std::string>{"a-name-of-twent", "a-name-of-twe-1"}));
}

TEST(Worker, IsDeafToSignalsExceptFaults) {
  Seen seen;
  const Stage stage({std::make_shared<RecordingExporter>()}, looking(seen));
  stage.end_span();
  ASSERT_TRUE(eventually([&] { return seen.count() == 1; }));
  const std::lock_guard lock(seen.mutex);
  EXPECT_EQ(sigismember(&seen.blocked, SIGTERM), 1);
  EXPECT_EQ(sigismember(&seen.blocked, SIGUSR1), 1);
  EXPECT_EQ(sigismember(&seen.blocked, SIGSEGV), 0);
}

TEST(Worker, LeavesTheStartersSignalsAlone) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  const Stage stage({std::make_shared<RecordingExporter>()});
  stage.end_span();
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  for (int signal = 1; signal < 32; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

TEST(Worker, RunsOnTheCpusItWasGiven) {
  Seen seen;
  BatchOptions options = looking(seen);
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int cpu = 0;
  while (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) ++cpu;
  options.worker.affinity = {cpu};
  const Stage stage({std::make_shared<RecordingExporter>()}, options);
  stage.end_span();
  ASSERT_TRUE(eventually([&] { return seen.count() == 1; }));
  const std::lock_guard lock(seen.mutex);
  EXPECT_EQ(CPU_COUNT(&seen.cpus), 1);
  EXPECT_TRUE(CPU_ISSET(static_cast<std::size_t>(cpu), &seen.cpus));
}

TEST(Worker, SurvivesAnOnStartThatThrows) {
  BatchOptions options = Stage::patient();
  options.worker.on_start = [] { throw std::runtime_error("no"); };
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, options);
  stage.end_span();
  EXPECT_TRUE(stage->force_flush(far_away()));
}

TEST(Worker, AnOnStartThatNeverReturnsDoesNotHoldShutdown) {
  const auto hold = std::make_shared<std::mutex>();
  hold->lock();
  BatchOptions options = Stage::patient();
  options.worker.on_start = [hold] { const std::lock_guard lock(*hold); };
  const Stage stage({std::make_shared<RecordingExporter>()}, options);
  stage.end_span();
  const Deadline deadline = in(20ms);
  EXPECT_FALSE(stage->shutdown(deadline));
  EXPECT_LT(std::chrono::steady_clock::now(), deadline + 200ms);
  hold->unlock();
}

TEST(Worker, DoesNotWakeWhileNothingWaits) {
  Seen seen;
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, looking(seen));
  stage.end_span();
  ASSERT_TRUE(eventually([&] { return seen.count() == 1; }));
  const pid_t worker = [&] {
    const std::lock_guard lock(seen.mutex);
    return seen.thread;
  }();
  ASSERT_TRUE(stage->force_flush(far_away()));
  stage->request_flush_from_signal();  // it looks once more, finds nothing, and sleeps for good
  std::this_thread::sleep_for(50ms);
  const std::uint64_t before = wakes_of(worker);
  ASSERT_GT(before, 0U);
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(wakes_of(worker), before);
}

TEST(Worker, WakesFromItsSleepAtTheNextSpan) {
  const auto exporter = std::make_shared<RecordingExporter>();
  BatchOptions options = Stage::patient();
  options.schedule_delay = 1ms;
  const Stage stage({exporter}, options);
  for (std::size_t round = 1; round <= 200; ++round) {
    stage.end_span();
    ASSERT_TRUE(exporter->wait_for(round)) << round;
  }
}

// A stack larger than the address space: the system gives no thread.
class WithoutThreads : public ::testing::Test {
 protected:
  WithoutThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 46U);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
    detail::error_reporter().set_handler([this](const Error& error) { errors_.push_back(error); });
  }
  ~WithoutThreads() override {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
    detail::error_reporter().set_handler({});
  }
  pthread_attr_t before_{};
  std::vector<Error> errors_;
};

TEST_F(WithoutThreads, OneErrorSaysSo) {
  const Stage stage({std::make_shared<RecordingExporter>()});
  stage.end_spans(5);
  stage->force_flush(far_away());
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].code, ErrorCode::resource_exhausted);
  EXPECT_NE(errors_[0].what.find("weft-worker"), std::string::npos) << errors_[0].what;
}

TEST_F(WithoutThreads, SpansWaitForAFlushOnTheCallersThread) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(5);
  EXPECT_EQ(stage.account().live, 5U);
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 5U);
  EXPECT_EQ(exporter->thread(), std::this_thread::get_id());
}

TEST_F(WithoutThreads, SpansWaitForShutdown) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter});
  stage.end_spans(5);
  EXPECT_TRUE(stage->shutdown(far_away()));
  EXPECT_EQ(exporter->spans(), 5U);
  EXPECT_EQ(exporter->shutdowns, 1);
}

}  // namespace
}  // namespace weft::testing
