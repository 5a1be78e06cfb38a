// SPDX-License-Identifier: Apache-2.0
// Forks in the midst of it: eight threads make spans, the worker exports them, and every span of
// the parent and of each child arrives exactly once.
#include <weft/weft.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "fork/in_child.hpp"
#include "fork/load.hpp"

namespace {

using namespace std::chrono_literals;
using weft::testing::IdFile;
using weft::testing::Load;
using weft::testing::problem_in_child;

constexpr std::uint64_t kChildSpans = 3;

const weft::Tracer tracer{"fork"};

int forks() { return std::getenv("WEFT_LONG") != nullptr ? 10'000 : 1'000; }

// 0: all well. Never returns into the test.
[[noreturn]] void be_a_child(weft::Telemetry& telemetry) {
  alarm(60);
  for (std::uint64_t i = 0; i < kChildSpans; ++i) auto span = tracer.start("child", {{"i", i}});
  const bool flushed = static_cast<bool>(telemetry.force_flush(20s));
  const weft::Stats stats = telemetry.stats();
  const bool whole =
      stats.started == kChildSpans && stats.exported == kChildSpans && telemetry.audit().live == 0;
  _exit(flushed ? (whole ? 0 : 2) : 1);
}

// One span in the process that it is called in.
bool sends_one(weft::Telemetry& telemetry) {
  alarm(60);
  {
    auto span = tracer.start("of this process");
  }
  const bool is_flushed = static_cast<bool>(telemetry.force_flush(20s));
  return is_flushed && telemetry.stats().started == 1 && telemetry.stats().exported == 1;
}

// Into the background, and once more; stays in the last process.
std::string go_twice(weft::Telemetry& telemetry) {
  WEFT_CHILD_EXPECT(sends_one(telemetry));
  for (int i = 0; i < 2; ++i) {
    WEFT_CHILD_EXPECT(daemon(1, 1) == 0);
    WEFT_CHILD_EXPECT(sends_one(telemetry));
  }
  return {};
}

// Apart from the loop around it, whose variables vfork might clobber.
[[gnu::noinline]] int status_of_exec() {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(ForkUnderLoad, LosesNothingAndSendsNothingTwice) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init(
      {.exporters = {file}, .batch = {.max_queue_size = 100'000, .max_export_batch_size = 64}});
  int failed = 0;
  {
    const Load load;
    for (int i = 0; i < forks(); ++i) {
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) be_a_child(telemetry);
      int status = 0;
      waitpid(child, &status, 0);
      if (status != 0) ++failed;
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(telemetry.force_flush(30s));
  const weft::Stats stats = telemetry.stats();
  EXPECT_EQ(stats.exported, stats.started);
  const auto ids = file->ids();
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "sent twice";
  EXPECT_EQ(ids.size(), stats.started + kChildSpans * static_cast<std::uint64_t>(forks()));
}

TEST(ForkUnderLoad, AChildThatExitsNormallySendsNothingOfItsParents) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init({.exporters = {file}});
  for (int i = 0; i < 3; ++i) auto span = tracer.start("parent's, unsent");
  const pid_t child = fork();
  if (child == 0) std::exit(0);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(telemetry.force_flush(30s));
  const auto ids = file->ids();
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "sent twice";
}

// A daemon is made by a fork whose parent leaves, here twice over: each process of that line has
// spans of its own.
TEST(ForkUnderLoad, ADaemonSendsItsSpansOnce) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init({.exporters = {file}, .batch = {.max_queue_size = 100'000}});
  const int daemons = forks() / 50;
  std::string problems;
  {
    const Load load;
    for (int i = 0; i < daemons; ++i)
      problems += problem_in_child([&] { return go_twice(telemetry); });
  }
  EXPECT_EQ(problems, "");
  EXPECT_TRUE(telemetry.force_flush(30s));
  const auto ids = file->ids();
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "sent twice";
  EXPECT_EQ(ids.size(), telemetry.stats().started + 3 * static_cast<std::uint64_t>(daemons));
}

TEST(ForkUnderLoad, VforkAndExecDisturbNothing) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init({.exporters = {file}, .batch = {.max_queue_size = 100'000}});
  int failed = 0;
  {
    const Load load;
    for (int i = 0; i < forks(); ++i) {
      if (status_of_exec() != 0) ++failed;
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(telemetry.force_flush(30s));
  EXPECT_EQ(telemetry.stats().exported, telemetry.stats().started);
  EXPECT_EQ(file->ids().size(), telemetry.stats().started);
}

}  // namespace
