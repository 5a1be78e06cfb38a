// SPDX-License-Identifier: Apache-2.0
//
// Context variables and snapshots, on a thread whose context holds 1, 8 or 32 variables.
#include <deque>
#include <optional>
#include <string>

#include "measure.hpp"
#include "spans.hpp"

namespace {

constexpr int kMost = 32;

// Their addresses stay, and they are never destroyed.
const weft::ContextVar<int>& variable(int number) {
  static auto* const variables = [] {
    auto* made = new std::deque<weft::ContextVar<int>>;
    for (int i = 0; i < kMost; ++i) made->emplace_back("variable");
    return made;
  }();
  return (*variables)[static_cast<std::size_t>(number)];
}

// Runs `body` where that many variables are set.
template <class Body>
void with_variables(std::int64_t count, Body body) {
  weft::Context context;
  context.run([&] {
    for (int i = 0; i < count; ++i) variable(i).set(i);
    body();
  });
}

const weft::ContextVar<std::string> text{"text"};

void get(benchmark::State& state) {
  with_variables(state.range(0), [&] {
    const weft::ContextVar<int>& last = variable(static_cast<int>(state.range(0)) - 1);
    measure::calls(state, [&] { benchmark::DoNotOptimize(last.get()); });
  });
}

void set_reset(benchmark::State& state) {
  with_variables(state.range(0), [&] {
    const weft::ContextVar<int>& first = variable(0);
    measure::calls(state, [&] {
      auto token = first.set(7);
      first.reset(token);
    });
  });
}

void set_reset_string(benchmark::State& state) {
  const std::string value(8, 'x');
  measure::calls(state, [&] {
    auto token = text.set(value);
    text.reset(token);
  });
}

void copy_context(benchmark::State& state) {
  with_variables(state.range(0), [&] {
    measure::calls(state, [] {
      const weft::Context copy = weft::copy_context();
      benchmark::DoNotOptimize(&copy);
    });
  });
}

// The copy also takes the identity of the open span.
void copy_context_in_span(benchmark::State& state) {
  const auto span = spans::kTracer.start("GET /orders/{id}");
  measure::calls(state, [] {
    const weft::Context copy = weft::copy_context();
    benchmark::DoNotOptimize(&copy);
  });
}

// The first set after a snapshot has to copy the block.
void set_after_copy(benchmark::State& state) {
  with_variables(state.range(0), [&] {
    const weft::ContextVar<int>& first = variable(0);
    measure::calls(state, [&] {
      const weft::Context copy = weft::copy_context();
      auto token = first.set(7);
      first.reset(token);
    });
  });
}

void run(benchmark::State& state) {
  weft::Context other;
  int calls = 0;
  measure::calls(state, [&] { other.run([&] { benchmark::DoNotOptimize(++calls); }); });
}

// Made, called and dropped.
void bind(benchmark::State& state) {
  with_variables(8, [&] {
    int calls = 0;
    measure::calls(state, [&] {
      auto bound = weft::bind([&] { benchmark::DoNotOptimize(++calls); });
      bound();
    });
  });
}

void numbers_of_variables(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Arg(1)->Arg(8)->Arg(kMost);
}

BENCHMARK(get)->Name("weft/get")->Apply(numbers_of_variables);
BENCHMARK(set_reset)->Name("weft/set_reset")->Apply(numbers_of_variables);
BENCHMARK(set_reset_string)->Name("weft/set_reset_string")->Apply(measure::allow_fixed_iterations);
BENCHMARK(copy_context)->Name("weft/copy_context")->Apply(numbers_of_variables);
BENCHMARK(copy_context_in_span)
    ->Name("weft/copy_context_in_span")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(set_after_copy)->Name("weft/set_after_copy")->Apply(numbers_of_variables);
BENCHMARK(run)->Name("weft/run")->Apply(measure::allow_fixed_iterations);
BENCHMARK(bind)->Name("weft/bind")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
