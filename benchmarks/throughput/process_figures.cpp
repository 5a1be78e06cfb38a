// SPDX-License-Identifier: Apache-2.0
#include "process_figures.hpp"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

namespace throughput {

namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The number behind "name:".
std::uint64_t field(const std::filesystem::path& file, const std::string& name) {
  std::ifstream in(file);
  std::string word;
  std::uint64_t number = 0;
  while (in >> word) {
    if (word == name + ":") in >> number;
  }
  return number;
}

}  // namespace

double cpu_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
double thread_cpu_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

double memory_mib(const std::string& name) {
  return static_cast<double>(field("/proc/self/status", name)) / 1024;
}

std::uint64_t switches_of_others() {
  std::uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(gettid())) continue;
    sum += field(task.path() / "status", "voluntary_ctxt_switches");
    sum += field(task.path() / "status", "nonvoluntary_ctxt_switches");
  }
  return sum;
}

}  // namespace throughput
