// SPDX-License-Identifier: Apache-2.0
//
// Context variables and snapshots, on a thread whose context holds 1, 8 or 32 variables; on several
// threads, each with a context of its own: what they share, they wait for.
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

// Every variable's name, as a log or a debugger asks for them.
void items(benchmark::State& state) {
  with_variables(state.range(0), [&] {
    const weft::Context copy = weft::copy_context();
    measure::calls(state, [&] {
      for (const auto& item : copy.items()) benchmark::DoNotOptimize(item.name().data());
    });
  });
}

// What a request computed once, found again.
void get_or_compute(benchmark::State& state) {
  weft::Context store;
  measure::calls(state, [&] {
    benchmark::DoNotOptimize(store.get_or_compute(variable(0), [] { return 7; }));
  });
}

// Computed, in a Context made and dropped.
void get_or_compute_first(benchmark::State& state) {
  measure::calls(state, [] {
    weft::Context store;
    benchmark::DoNotOptimize(store.get_or_compute(variable(0), [] { return 7; }));
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

struct AtOnce {
  template <class F>
  void execute(F f) const {
    f();
  }
};

// A pool's job as an executor gives it: bound, moved, run, dropped.
void propagate(benchmark::State& state) {
  with_variables(8, [&] {
    const auto executor = weft::propagating(AtOnce());
    int calls = 0;
    measure::calls(state, [&] { executor.execute([&] { benchmark::DoNotOptimize(++calls); }); });
  });
}

const weft::RecyclableContextVar<int> recyclable{"recyclable", 0};

void recycle_set_get(benchmark::State& state) {
  weft::Context().run([&] {
    measure::calls(state, [] {
      weft::RecyclableContextVar<>::increment_thread_recycles();
      recyclable.set(1);
      benchmark::DoNotOptimize(recyclable.get());
    });
  });
}

void request_context_set_get(benchmark::State& state) {
  weft::Context().run([&] {
    const auto scope = weft::RequestContext::scope();
    measure::calls(state, [] {
      weft::RequestContext::set_user_id("u-1");
      benchmark::DoNotOptimize(weft::RequestContext::user_id());
    });
  });
}

void request_id_get(benchmark::State& state) {
  const auto span = spans::kTracer.start("GET /orders/{id}");
  measure::calls(state, [] { benchmark::DoNotOptimize(weft::request_id.get()); });
}

// What a peer's attach and detach are: a context made current and left.
void make_current(benchmark::State& state) {
  const auto span = spans::kTracer.start_detached("GET /orders/{id}");
  measure::calls(state, [&] {
    const auto scope = span.activate();
    benchmark::DoNotOptimize(&scope);
  });
}

void numbers_of_variables(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Arg(1)->Arg(8)->Arg(kMost);
}

// With a thread of its own, as std::async.
void async(benchmark::State& state) {
  measure::calls(state, [] { weft::async([] {}).get(); });
}

// WEFT_BENCH(name, how): alone, and on several threads.
#define WEFT_BENCH(name, how)                       \
  BENCHMARK(name)->Name("weft/" #name)->Apply(how); \
  BENCHMARK(name)->Name("weft/" #name)->Apply(how)->Apply(measure::on_threads)

WEFT_BENCH(get, numbers_of_variables);
WEFT_BENCH(set_reset, numbers_of_variables);
WEFT_BENCH(copy_context, numbers_of_variables);
WEFT_BENCH(set_after_copy, numbers_of_variables);
WEFT_BENCH(set_reset_string, measure::allow_fixed_iterations);
WEFT_BENCH(copy_context_in_span, measure::allow_fixed_iterations);
WEFT_BENCH(items, numbers_of_variables);
WEFT_BENCH(get_or_compute, measure::allow_fixed_iterations);
WEFT_BENCH(get_or_compute_first, measure::allow_fixed_iterations);
WEFT_BENCH(run, measure::allow_fixed_iterations);
WEFT_BENCH(bind, measure::allow_fixed_iterations);
WEFT_BENCH(async, measure::allow_fixed_iterations);
WEFT_BENCH(propagate, measure::allow_fixed_iterations);
WEFT_BENCH(recycle_set_get, measure::allow_fixed_iterations);
WEFT_BENCH(request_context_set_get, measure::allow_fixed_iterations);
WEFT_BENCH(request_id_get, measure::allow_fixed_iterations);
WEFT_BENCH(make_current, measure::allow_fixed_iterations);

#undef WEFT_BENCH

// With telemetry, each switch also tells profilers outside the process which span is current.
BENCHMARK(make_current)
    ->Name("weft/make_current_profiler_view")
    ->Apply(measure::allow_fixed_iterations)
    ->Setup(spans::start_recording)
    ->Teardown(spans::stop);
BENCHMARK(make_current)
    ->Name("weft/make_current_no_profiler_view")
    ->Apply(measure::allow_fixed_iterations)
    ->Setup(spans::start_recording_unseen)
    ->Teardown(spans::stop);

}  // namespace

BENCHMARK_MAIN();
