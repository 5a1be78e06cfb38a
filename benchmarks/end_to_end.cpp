// SPDX-License-Identifier: Apache-2.0
//
// A recorded span's whole way on the application's thread: started, current, filled, ended, handed
// to the batch processor, whose worker gives it to an exporter.
#include "measure.hpp"
#include "spans.hpp"

namespace {

void recorded_span_4_attributes(benchmark::State& state) {
  spans::measure(state, spans::with_4_attributes);
}

void recorded_span_4_attributes_at_start(benchmark::State& state) {
  spans::measure(state, spans::with_4_attributes_at_start);
}

// As fast as one thread can: some are dropped where the worker does not keep up.
void recorded_span_without_rest(benchmark::State& state) {
  spans::measure_without_rest(state, spans::with_4_attributes);
}

void bare_span(benchmark::State& state) { spans::measure(state, spans::bare); }

void parent_and_child(benchmark::State& state) { spans::measure(state, spans::parent_and_child); }

void recording(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(spans::start_recording)->Teardown(spans::stop);
}

void tail_keep(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(spans::start_keeping_slow_and_failed)->Teardown(spans::stop);
}

void spooled(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(spans::start_spooled)->Teardown(spans::stop);
}

BENCHMARK(recorded_span_4_attributes)->Name("weft/recorded_span_4_attributes")->Apply(recording);
// The same with the records in a file.
BENCHMARK(recorded_span_4_attributes)
    ->Name("weft/recorded_span_4_attributes_spooled")
    ->Apply(spooled);
BENCHMARK(recorded_span_4_attributes_at_start)
    ->Name("weft/recorded_span_4_attributes_at_start")
    ->Apply(recording);
BENCHMARK(recorded_span_without_rest)
    ->Name("weft/recorded_span_4_attributes_without_rest")
    ->Apply(recording);
BENCHMARK(bare_span)->Name("weft/bare_span")->Apply(recording);
BENCHMARK(parent_and_child)->Name("weft/parent_and_child")->Apply(recording);
// The same with keep_slow_and_failed, which lets go of all of them: to be within 1.2 times.
BENCHMARK(recorded_span_4_attributes)->Name("weft/tail_keep_span_4_attributes")->Apply(tail_keep);
BENCHMARK(parent_and_child)->Name("weft/tail_keep_parent_and_child")->Apply(tail_keep);

}  // namespace

BENCHMARK_MAIN();
