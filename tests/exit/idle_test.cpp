// SPDX-License-Identifier: Apache-2.0
// A process whose spans have all been delivered sleeps: no thread of ours wakes up, none computes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <weft/weft.hpp>

#include "exporters/scripted_server.hpp"

namespace weft::testing {
namespace {

using std::chrono::milliseconds;

// Of every thread but this one.
std::uint64_t wake_ups() {
  std::uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(gettid())) continue;
    std::ifstream in(task.path() / "status");
    std::string word;
    while (in >> word) {
      std::uint64_t count = 0;
      if (word == "voluntary_ctxt_switches:" && in >> count) sum += count;
    }
  }
  return sum;
}

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double cpu_of_others() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

TEST(Idle, TakesNoWakeUpsAndNoCpu) {
  const ScriptedServer server;
  auto telemetry = init({.exporters = {exporters::otlp_http({.endpoint = server.url()}),
                                       exporters::zipkin({.endpoint = server.url()})}});
  constexpr Tracer kTracer{"idle"};
  for (int i = 0; i < 2000; ++i) auto span = kTracer.start("before");
  ASSERT_TRUE(telemetry.force_flush());
  std::this_thread::sleep_for(milliseconds(300));
  const std::uint64_t wake_ups_before = wake_ups();
  ASSERT_GT(wake_ups_before, 0U);
  const double cpu_before = cpu_of_others();
  std::this_thread::sleep_for(milliseconds(1000));
  EXPECT_EQ(wake_ups(), wake_ups_before);
  EXPECT_LT(cpu_of_others() - cpu_before, 0.001);
}

}  // namespace
}  // namespace weft::testing
