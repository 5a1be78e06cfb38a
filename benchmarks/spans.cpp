// SPDX-License-Identifier: Apache-2.0
#include "spans.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "allocation_count.hpp"
#include "bursts.hpp"

namespace spans {

namespace {

class Draining final : public weft::SpanExporter {
 public:
  weft::ExportResult export_spans(const weft::SpanBatch& /*batch*/) override {
    return weft::ExportResult::success;
  }
};

std::optional<weft::Telemetry>& telemetry() {
  static std::optional<weft::Telemetry> running;
  return running;
}

void start(weft::Options options) {
  options.service_name = "benchmark";
  options.exporters = {std::make_shared<Draining>()};
  telemetry().emplace(weft::init(std::move(options)));
  // The clock of spans watches the CPU's counter for 20 ms before it goes by it.
  bare();
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  bare();
}

double cpu_time(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// What other threads than this one take.
class OthersTime {
 public:
  [[nodiscard]] double passed() const { return now() - begin_; }

 private:
  static double now() {
    return cpu_time(CLOCK_PROCESS_CPUTIME_ID) - cpu_time(CLOCK_THREAD_CPUTIME_ID);
  }
  double begin_ = now();
};

void report(benchmark::State& state, const allocation_count::Since& allocations,
            const OthersTime& others) {
  telemetry()->force_flush();
  const auto count =
      static_cast<std::uint64_t>(state.iterations()) * static_cast<std::uint64_t>(state.threads());
  const weft::Stats stats = telemetry()->stats();
  state.counters["allocations"] = allocations.per(count);
  if (stats.started != 0) {
    state.counters["dropped_percent"] =
        100.0 * static_cast<double>(stats.dropped.total() - stats.dropped.not_kept) /
        static_cast<double>(stats.started);
  }
  if (state.threads() == 1) {
    state.counters["worker_ns"] = others.passed() / static_cast<double>(count);
  }
}

}  // namespace

void start_recording(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::always_on()});
}
void start_recording_unseen(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::always_on(), .profiler_view = false});
}
void start_recording_alone(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::always_on(), .batch = {.worker = {.none = true}}});
}
void start_spooled(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::always_on(),
         .spool_dir = std::filesystem::temp_directory_path() / "weft-bench-spool"});
}
void start_unsampled(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::always_off()});
}
void start_keeping_slow_and_failed(const benchmark::State& /*state*/) {
  start({.sampler = weft::samplers::keep_slow_and_failed()});
}
void stop(const benchmark::State& /*state*/) { telemetry().reset(); }

void with_4_attributes() {
  auto span = kTracer.start("GET /orders/{id}");
  span.set_attribute("http.request.method", "GET");
  span.set_attribute("http.route", "/orders/{id}");
  span.set_attribute("http.response.status_code", 200);
  span.set_attribute("order.total", 99.95);
}

void with_4_attributes_at_start() {
  auto span = kTracer.start("GET /orders/{id}", {{"http.request.method", "GET"},
                                                 {"http.route", "/orders/{id}"},
                                                 {"http.response.status_code", 200},
                                                 {"order.total", 99.95}});
}

void bare() { auto span = kTracer.start("GET /orders/{id}"); }

void parent_and_child() {
  auto span = kTracer.start("checkout");
  with_4_attributes();
}

void measure(benchmark::State& state, void (*work)()) {
  const allocation_count::Since allocations;
  const OthersTime others;
  bursts::run(state, work, [] { telemetry()->force_flush(); });
  if (state.thread_index() == 0) report(state, allocations, others);
}

void measure_without_rest(benchmark::State& state, void (*work)()) {
  const allocation_count::Since allocations;
  const OthersTime others;
  for (auto _ : state) {
    work();
  }
  if (state.thread_index() == 0) report(state, allocations, others);
}

}  // namespace spans
