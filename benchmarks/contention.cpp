// SPDX-License-Identifier: Apache-2.0
//
// The same on two threads at once, and on 16 where there are as many: what they share shows.
#include "measure.hpp"
#include "spans.hpp"

namespace {

const weft::ContextVar<int> depth{"depth", 0};

void recorded(benchmark::State& state) { spans::measure(state, spans::with_4_attributes); }

void bare(benchmark::State& state) { spans::measure(state, spans::bare); }

void unsampled(benchmark::State& state) {
  spans::measure_without_rest(state, spans::with_4_attributes);
}

// Each thread has a context of its own; the variable is the same.
void set_reset(benchmark::State& state) {
  measure::calls(state, [] {
    auto token = depth.set(1);
    depth.reset(token);
  });
}

// All threads copy one snapshot: they share its count.
void copy_of_one_snapshot(benchmark::State& state) {
  static const weft::Context shared = [] {
    weft::Context made;
    made.run([] { auto token = depth.set(1); });
    return made;
  }();
  measure::calls(state, [] {
    const weft::Context copy = shared;
    benchmark::DoNotOptimize(&copy);
  });
}

BENCHMARK(recorded)
    ->Name("weft/recorded_span_4_attributes")
    ->Apply(measure::on_threads)
    ->Setup(spans::start_recording)
    ->Teardown(spans::stop);
// Without a worker on the same CPUs: what is left is what the threads share. One thread beside it.
BENCHMARK(recorded)
    ->Name("weft/recorded_span_4_attributes_alone")
    ->Apply(measure::allow_fixed_iterations)
    ->Threads(1)
    ->Apply(measure::on_threads)
    ->Setup(spans::start_recording_alone)
    ->Teardown(spans::stop);
BENCHMARK(bare)
    ->Name("weft/bare_span")
    ->Apply(measure::on_threads)
    ->Setup(spans::start_recording)
    ->Teardown(spans::stop);
BENCHMARK(unsampled)
    ->Name("weft/unsampled_span_4_attributes")
    ->Apply(measure::on_threads)
    ->Setup(spans::start_unsampled)
    ->Teardown(spans::stop);
BENCHMARK(set_reset)->Name("weft/set_reset")->Apply(measure::on_threads);
BENCHMARK(copy_of_one_snapshot)->Name("weft/copy_of_one_snapshot")->Apply(measure::on_threads);

}  // namespace

BENCHMARK_MAIN();
