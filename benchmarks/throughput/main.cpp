// SPDX-License-Identifier: Apache-2.0
// throughput [SECONDS [QUEUE [BATCH]]]: spans through OTLP/HTTP to a sink, both on the same CPUs.
// The producer waits where a span would be dropped. Beside it a replay of the same bytes to the
// same sink; then what default settings take at 10,000 spans a second, and what idling takes.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <weft/weft.hpp>

#include "process_figures.hpp"
#include "replay.hpp"
#include "sink.hpp"

namespace {

using namespace throughput;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr weft::Tracer kTracer{"benchmark", "1.0.0"};

struct Arguments {
  seconds time{5};
  std::size_t queue = 16384;
  std::size_t batch = 2048;
};

// About 200 bytes.
void record() {
  auto span = kTracer.start("GET /orders/{id}");
  span.set_attribute("http.request.method", "GET");
  span.set_attribute("http.route", "/orders/{id}");
  span.set_attribute("http.response.status_code", 200);
  span.set_attribute("order.total", 99.95);
}

double since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// Runs in a process of its own, whose memory begins anew.
template <class F>
void apart(F&& work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) {
    std::printf("the measuring process failed: status %d\n", status);
    std::exit(1);
  }
}

weft::Telemetry start(const Sink& sink, const weft::BatchOptions& batch) {
  const std::string url = "http://127.0.0.1:" + std::to_string(sink.port()) + "/v1/traces";
  return weft::init({.service_name = "benchmark",
                     .exporters = {weft::exporters::otlp_http({.endpoint = url})},
                     .batch = batch});
}

// Between two looks no more is recorded than is free.
void record_paced(const weft::Telemetry& telemetry, std::size_t queue, seconds time) {
  const std::size_t burst = std::min<std::size_t>(512, queue / 4);
  const auto end = steady_clock::now() + time;
  prctl(PR_SET_TIMERSLACK, 1000);  // ns; a sleep takes 50 us more by itself
  while (steady_clock::now() < end) {
    for (std::size_t i = 0; i < burst; ++i) record();
    while (telemetry.stats().live > queue - 2 * burst) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }
}

void deliver(const Sink& sink, const Arguments& given) {
  auto telemetry =
      start(sink, {.max_queue_size = given.queue, .max_export_batch_size = given.batch});
  record_paced(telemetry, given.queue, seconds(1));  // until everything is warm
  telemetry.force_flush();
  const weft::Stats before = telemetry.stats();
  const std::uint64_t counted = sink.counts().spans;
  const std::uint64_t bytes = sink.counts().bytes;
  const double cpu = cpu_seconds();
  const double own = thread_cpu_seconds();
  const double sink_cpu = sink.cpu_seconds();
  const auto begin = steady_clock::now();
  record_paced(telemetry, given.queue, given.time);
  telemetry.force_flush();
  const double time = since(begin);
  const weft::Stats after = telemetry.stats();
  const auto spans = static_cast<double>(after.exported - before.exported);
  const double micros = 1e6 / spans;
  std::printf("delivered: %.0f spans/s (the sink counted %.0f), %llu dropped, %.0f bytes a span\n",
              spans / time, static_cast<double>(sink.counts().spans - counted) / time,
              static_cast<unsigned long long>(after.dropped.total()),
              static_cast<double>(sink.counts().bytes - bytes) / spans);
  std::printf("client's CPU: %.3f us a span (%.3f of it the thread that records); sink's: %.3f\n",
              (cpu_seconds() - cpu) * micros, (thread_cpu_seconds() - own) * micros,
              (sink.cpu_seconds() - sink_cpu) * micros);
  std::printf("client's peak memory: %.1f MiB\n", memory_mib("VmHWM"));
}

void replay_samples(const Sink& sink, seconds time) {
  const Samples& samples = sink.counts().samples;
  if (samples.count == 0) {
    std::printf("replay: no request was sampled; give it more time\n");
    return;
  }
  const double cpu = cpu_seconds();
  const double sink_cpu = sink.cpu_seconds();
  const auto begin = steady_clock::now();
  const auto spans = static_cast<double>(replay(sink.port(), samples, time));
  const double passed = since(begin);
  const std::size_t count = samples.count;
  std::printf(
      "replay: %.0f spans/s (%zu requests, %zu MiB); client's CPU %.3f us a span, sink's %.3f\n",
      spans / passed, count, samples.ends[count - 1] >> 20U, (cpu_seconds() - cpu) * 1e6 / spans,
      (sink.cpu_seconds() - sink_cpu) * 1e6 / spans);
}

void default_settings(const Sink& sink, seconds time) {
  const double memory = memory_mib("VmRSS");
  auto telemetry = start(sink, {});
  const double cpu = cpu_seconds();
  const auto begin = steady_clock::now();
  for (int tick = 1; tick <= 100 * time.count(); ++tick) {
    for (int i = 0; i < 100; ++i) record();
    std::this_thread::sleep_until(begin + tick * std::chrono::milliseconds(10));
  }
  const double busy = cpu_seconds() - cpu;
  telemetry.force_flush();
  const weft::Stats stats = telemetry.stats();
  std::printf(
      "default settings, 10,000 spans/s: %llu delivered, %llu dropped, %.1f MiB more, "
      "%.2f %% of a CPU\n",
      static_cast<unsigned long long>(stats.exported),
      static_cast<unsigned long long>(stats.dropped.total()), memory_mib("VmHWM") - memory,
      100 * busy / static_cast<double>(time.count()));
  // The timer that the last span has set rings once more.
  std::this_thread::sleep_for(weft::BatchOptions().schedule_delay + std::chrono::milliseconds(200));
  const double idle_cpu = cpu_seconds() - thread_cpu_seconds();
  const std::uint64_t switches = switches_of_others();
  std::this_thread::sleep_for(time);
  std::printf("idle for %lld s: %llu wake-ups, %.0f us of CPU\n",
              static_cast<long long>(time.count()),
              static_cast<unsigned long long>(switches_of_others() - switches),
              1e6 * (cpu_seconds() - thread_cpu_seconds() - idle_cpu));
}

}  // namespace

int main(int count, char** values) {
  Arguments given;
  if (count > 1) given.time = seconds(std::max(1, std::atoi(values[1])));
  if (count > 2) given.queue = std::strtoul(values[2], nullptr, 10);
  if (count > 3) given.batch = std::strtoul(values[3], nullptr, 10);
  const Sink sink;
  std::printf("queue %zu, batches of %zu, %lld s\n", given.queue, given.batch,
              static_cast<long long>(given.time.count()));
  apart([&] { deliver(sink, given); });
  apart([&] { replay_samples(sink, given.time); });
  apart([&] { default_settings(sink, given.time); });
}
