// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <thread>

#include "allocation_count.hpp"

/// What our benchmarks and the peer's have in common.
namespace measure {

/// For `->Apply(…)`: with WEFT_BENCH_ITERATIONS=n in the environment a benchmark runs exactly n
/// times, once. Two such runs under callgrind differ by nothing but the iterations, so that their
/// difference is what one costs.
inline void allow_fixed_iterations(benchmark::internal::Benchmark* benchmark) {
  const char* const wanted = std::getenv("WEFT_BENCH_ITERATIONS");
  const long long count = wanted != nullptr ? std::atoll(wanted) : 0;
  if (count > 0) benchmark->Iterations(count);
}

/// For `->Apply(…)`: on 2 threads at once, and on 16 where the machine has them.
inline void on_threads(benchmark::internal::Benchmark* benchmark) {
  allow_fixed_iterations(benchmark);
  benchmark->Threads(2);
  if (std::thread::hardware_concurrency() >= 16) benchmark->Threads(16);
}

/// Of one iteration, on whichever thread.
inline void report(benchmark::State& state, const allocation_count::Since& allocations) {
  if (state.thread_index() != 0) return;
  const auto count =
      static_cast<std::uint64_t>(state.iterations()) * static_cast<std::uint64_t>(state.threads());
  state.counters["allocations"] = allocations.per(count);
}

/// Runs `call` again and again, and reports its allocations.
template <class Call>
void calls(benchmark::State& state, Call call) {
  const allocation_count::Since allocations;
  for (auto _ : state) {
    call();
  }
  report(state, allocations);
}

}  // namespace measure
