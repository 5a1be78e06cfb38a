// SPDX-License-Identifier: Apache-2.0
// What a program may say of our threads: their name, their CPUs, what they call first, or none.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

void record_one() { auto span = tracer.start("span"); }

std::multiset<std::string> thread_names() {
  std::multiset<std::string> names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "comm");
    std::string name;
    if (std::getline(in, name)) names.insert(name);
  }
  return names;
}

std::size_t thread_count() {
  const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

// The worker's and the exporter's run: a flush need not wait until the system let them start.
class BothThreads {
 public:
  std::function<void()> on_start() {
    return [this] { running_.count_down(); };
  }
  void wait() { running_.wait(); }

 private:
  std::latch running_{2};
};

TEST(WorkerOptions, NameOurThreadsAsTheSystemShowsThem) {
  BothThreads threads;
  Recorded recorded({.batch = {.worker = {.name = "traces", .on_start = threads.on_start()}}});
  record_one();
  recorded.telemetry().force_flush();
  threads.wait();
  EXPECT_EQ(thread_names().count("traces"), 1U);
  EXPECT_EQ(thread_names().count("traces-1"), 1U);
}

TEST(WorkerOptions, NameThemAfterUsOtherwise) {
  BothThreads threads;
  Recorded recorded({.batch = {.worker = {.on_start = threads.on_start()}}});
  record_one();
  recorded.telemetry().force_flush();
  threads.wait();
  EXPECT_EQ(thread_names().count("weft-worker"), 1U);
  EXPECT_EQ(thread_names().count("weft-worker-1"), 1U);
}

TEST(WorkerOptions, KeepThemOnTheCpusThatTheyName) {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int last = CPU_SETSIZE - 1;
  while (!CPU_ISSET(static_cast<std::size_t>(last), &allowed)) --last;
  std::atomic<int> there{0};
  Recorded recorded({.batch = {.worker = {.affinity = {last}, .on_start = [&] {
                                            if (sched_getcpu() == last) ++there;
                                          }}}});
  record_one();
  recorded.telemetry().force_flush();
  recorded.telemetry().shutdown();
  EXPECT_EQ(there, 2);  // the worker's and the exporter's
}

TEST(WorkerOptions, CallTheirFirstFunctionOnEachOfOurThreads) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Recorded recorded({.batch = {.worker = {.on_start = [&] {
                                 const std::lock_guard lock(mutex);
                                 threads.insert(std::this_thread::get_id());
                               }}}});
  record_one();
  recorded.telemetry().force_flush();
  recorded.telemetry().shutdown();
  EXPECT_EQ(threads.size(), 2U);  // the worker's and the exporter's
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0U);
}

TEST(WorkerOptions, OfNoneLeaveAllToWhoRunsUs) {
  const std::size_t threads_before = thread_count();
  Recorded recorded({.batch = {.worker = {.none = true}}});
  record_one();
  EXPECT_EQ(recorded.telemetry().run_once(), 1U);
  EXPECT_EQ(recorded.telemetry().stats().exported, 1U);
  EXPECT_EQ(thread_count(), threads_before);
}

}  // namespace
