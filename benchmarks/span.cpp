// SPDX-License-Identifier: Apache-2.0
//
// Spans that nobody keeps: unsampled ones, and those of a program without telemetry.
#include "measure.hpp"
#include "spans.hpp"

namespace {

void span_4_attributes(benchmark::State& state) {
  spans::measure_without_rest(state, spans::with_4_attributes);
}

void span_4_attributes_at_start(benchmark::State& state) {
  spans::measure_without_rest(state, spans::with_4_attributes_at_start);
}

void bare_span(benchmark::State& state) { spans::measure_without_rest(state, spans::bare); }

void span_without_init(benchmark::State& state) { measure::calls(state, spans::with_4_attributes); }

void current_span(benchmark::State& state) {
  const auto span = spans::kTracer.start("GET /orders/{id}");
  measure::calls(state, [] { benchmark::DoNotOptimize(&weft::current_span()); });
}

void unsampled(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(spans::start_unsampled)->Teardown(spans::stop);
}

BENCHMARK(span_4_attributes)->Name("weft/unsampled_span_4_attributes")->Apply(unsampled);
BENCHMARK(span_4_attributes_at_start)
    ->Name("weft/unsampled_span_4_attributes_at_start")
    ->Apply(unsampled);
BENCHMARK(bare_span)->Name("weft/unsampled_bare_span")->Apply(unsampled);
BENCHMARK(span_without_init)
    ->Name("weft/span_4_attributes_without_init")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(current_span)->Name("weft/current_span")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
