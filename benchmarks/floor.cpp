// SPDX-License-Identifier: Apache-2.0
//
// What no implementation can go below on this machine: the clock, a copy of a span's bytes, a
// shared count up and down.
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>

#include "measure.hpp"
#include "platform/clock.hpp"

namespace {

constexpr std::size_t kSpanBytes = 200;

template <clockid_t Clock>
void system_clock(benchmark::State& state) {
  measure::calls(state, [] {
    timespec now{};
    clock_gettime(Clock, &now);
    benchmark::DoNotOptimize(now);
  });
}

// It watches the counter for 20 ms before it goes by it.
void calibrate() {
  benchmark::DoNotOptimize(weft::detail::steady_now());
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  benchmark::DoNotOptimize(weft::detail::steady_now());
}

void weft_clock(benchmark::State& state) {
  calibrate();
  measure::calls(state, [] { benchmark::DoNotOptimize(weft::detail::steady_now()); });
}

// A span's: when it starts, when it ends.
void two_weft_clock_reads(benchmark::State& state) {
  calibrate();
  measure::calls(state, [] {
    benchmark::DoNotOptimize(weft::detail::read_clock());
    benchmark::DoNotOptimize(weft::detail::steady_now());
  });
}

void memcpy_200(benchmark::State& state) {
  std::array<char, kSpanBytes> from{};
  std::array<char, kSpanBytes> to{};
  std::size_t size = kSpanBytes;
  measure::calls(state, [&] {
    benchmark::DoNotOptimize(size);  // as a body's: not known when compiling
    benchmark::DoNotOptimize(from.data());
    std::memcpy(to.data(), from.data(), size);
    benchmark::ClobberMemory();
  });
}

void shared_ptr_copy(benchmark::State& state) {
  // The standard library counts without atomics until the process has had a second thread.
  std::thread([] {}).join();
  const auto shared = std::make_shared<int>(1);
  measure::calls(state, [&] {
    const std::shared_ptr<int> copy = shared;
    benchmark::DoNotOptimize(copy.get());
  });
}

// What any function takes that is not inline and gives a value by its address.
[[gnu::noinline]] const int& value_of(const int& value) {
  __asm__("" : : : "memory");  // not a pure function
  return value;
}
void out_of_line_call(benchmark::State& state) {
  const int value = 7;
  measure::calls(state, [&] { benchmark::DoNotOptimize(value_of(value)); });
}

BENCHMARK(system_clock<CLOCK_MONOTONIC>)
    ->Name("floor/clock_gettime_steady")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(system_clock<CLOCK_REALTIME>)
    ->Name("floor/clock_gettime_realtime")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(weft_clock)->Name("floor/weft_clock")->Apply(measure::allow_fixed_iterations);
BENCHMARK(two_weft_clock_reads)
    ->Name("floor/two_weft_clock_reads")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(memcpy_200)->Name("floor/memcpy_200")->Apply(measure::allow_fixed_iterations);
BENCHMARK(out_of_line_call)->Name("floor/out_of_line_call")->Apply(measure::allow_fixed_iterations);
BENCHMARK(shared_ptr_copy)->Name("floor/shared_ptr_copy")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
