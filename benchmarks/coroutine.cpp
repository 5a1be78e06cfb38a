// SPDX-License-Identifier: Apache-2.0
//
// What carrying the context costs a coroutine: ours beside a bare coroutine type that awaits the
// same.
#include <coroutine>
#include <exception>
#include <utility>

#include <weft/weft.hpp>

#include "measure.hpp"

namespace {

// The least that a coroutine type can be: suspended at its start, freed by its handle.
class Bare {
 public:
  struct promise_type {
    Bare get_return_object() {
      return Bare(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { std::terminate(); }
  };
  explicit Bare(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() { handle_.destroy(); }
  void start() const { handle_.resume(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

// The same with a context.
class WithContext {
 public:
  struct promise_type : weft::ContextPromise {
    WithContext get_return_object() {
      return WithContext(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    void return_void() const noexcept {}
    void unhandled_exception() const { std::terminate(); }
  };
  explicit WithContext(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  WithContext(const WithContext&) = delete;
  WithContext& operator=(const WithContext&) = delete;
  ~WithContext() { handle_.destroy(); }
  void start() const { handle_.resume(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

class Turn {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { waiting_ = handle; }
  void await_resume() const noexcept {}
  void next() { waiting_.resume(); }

 private:
  std::coroutine_handle<> waiting_;
};

template <class Coroutine>
Coroutine take_turns(Turn& turn) {
  while (true) co_await turn;
}

// Somebody else's coroutine type, whose awaits carry the context one by one.
Bare take_turns_in_context(Turn& turn) {
  while (true) co_await weft::in_context(turn);
}
void in_context_turn(benchmark::State& state) {
  Turn turn;
  const Bare coroutine = take_turns_in_context(turn);
  coroutine.start();
  measure::calls(state, [&] { turn.next(); });
}

template <class Coroutine>
void suspend_resume(benchmark::State& state) {
  Turn turn;
  const Coroutine coroutine = take_turns<Coroutine>(turn);
  coroutine.start();
  measure::calls(state, [&] { turn.next(); });
}

weft::Task<int> child() { co_return 1; }

weft::Task<> await_children(benchmark::State& state) {
  const allocation_count::Since allocations;
  for (auto _ : state) benchmark::DoNotOptimize(co_await child());
  state.counters["allocations"] = allocations.per(static_cast<std::uint64_t>(state.iterations()));
}
void await_ready_task(benchmark::State& state) { weft::sync_wait(await_children(state)); }

weft::Task<> await_gathered(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await weft::when_all(child(), child()));
}
void gather_two(benchmark::State& state) { weft::sync_wait(await_gathered(state)); }

weft::Task<> await_raced(benchmark::State& state) {
  for (auto _ : state) {
    auto first = co_await weft::when_any(child(), child());
    benchmark::DoNotOptimize(first.value);
  }
}
void race_two(benchmark::State& state) { weft::sync_wait(await_raced(state)); }

struct AtOnce {
  template <class F>
  void execute(F function) const {
    function();
  }
};

// Started, run to its end and freed at once: without the way to a thread.
void spawn(benchmark::State& state) {
  measure::calls(state, [] { weft::spawn(AtOnce(), child()); });
}

BENCHMARK(suspend_resume<Bare>)
    ->Name("floor/coroutine_turn")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(suspend_resume<WithContext>)
    ->Name("weft/coroutine_turn")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(await_ready_task)->Name("weft/await_ready_task")->Apply(measure::allow_fixed_iterations);
BENCHMARK(in_context_turn)->Name("weft/in_context_turn")->Apply(measure::allow_fixed_iterations);
BENCHMARK(race_two)->Name("weft/race_two")->Apply(measure::allow_fixed_iterations);
BENCHMARK(spawn)->Name("weft/spawn")->Apply(measure::allow_fixed_iterations);
BENCHMARK(gather_two)->Name("weft/gather_two")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
