// SPDX-License-Identifier: Apache-2.0
// soaking URL MILLISECONDS: records from several threads for so long, as a service does, looks at
// its account all the while, and tells it in the end. Status 0 when it was exact at every look.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <weft/weft.hpp>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr weft::Tracer kTracer{"soak"};

double memory_mib() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void handle_a_request(int number) {
  auto request = kTracer.start("request", {{"number", number}});
  auto query = kTracer.start("query", {.kind = weft::SpanKind::client});
  query.set_attribute("db.query.text", std::string(static_cast<std::size_t>(number % 500), 'q'));
  if (number % 10 == 0) query.set_status(weft::StatusCode::error, "declined");
}

void serve(const std::atomic<bool>& is_over) {
  for (int number = 0; !is_over; ++number) {
    for (int i = 0; i < 20; ++i) handle_a_request(number);
    std::this_thread::sleep_for(10ms);
  }
}

bool is_exact(const weft::Stats& stats) {
  return stats.started == stats.exported + stats.dropped.total() + stats.live + stats.spooled;
}

// Retries and ages in the measure of the test's phases, as seconds are to minutes.
weft::Telemetry start(const char* url) {
  return weft::init(
      {.service_name = "soak",
       .exporters = {weft::exporters::otlp_http(
           {.endpoint = url,
            .timeout = 100ms,
            .retry = {.initial_backoff = 10ms, .max_backoff = 100ms, .max_age = 600ms}})},
       .batch = {.schedule_delay = 20ms},
       .on_error = [](const weft::Error&) {}});
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) return 2;
  auto telemetry = start(values[1]);
  const auto begin = steady_clock::now();
  const milliseconds time(std::atoi(values[2]));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { serve(is_over); });
  bool always_exact = true;
  double warm = 0;
  while (steady_clock::now() < begin + time) {
    always_exact = always_exact && is_exact(telemetry.stats());
    if (warm == 0 && steady_clock::now() > begin + time / 3) warm = memory_mib();
    std::this_thread::sleep_for(5ms);
  }
  const double last = memory_mib();
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  telemetry.force_flush(10s);
  always_exact = always_exact && telemetry.audit().live == telemetry.stats().live;
  telemetry.shutdown(2s);
  const weft::Stats stats = telemetry.stats();
  always_exact = always_exact && is_exact(stats) && stats.live == 0;
  std::printf("grown by %.1f MiB\nexported=%llu\n%s\n", last - warm,
              static_cast<unsigned long long>(stats.exported), weft::to_string(stats).c_str());
  return always_exact ? 0 : 1;
}
