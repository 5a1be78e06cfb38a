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

// What each step gives does not leave the generator's own context.
class Counting {
 public:
  struct promise_type : weft::ContextPromise {
    Counting get_return_object() {
      return Counting(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto yield_value(int number) {
      last = number;
      return yielding(std::suspend_always());
    }
    void return_void() const noexcept {}
    void unhandled_exception() const { std::terminate(); }
    int last = 0;
  };
  explicit Counting(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;
  ~Counting() { handle_.destroy(); }
  int next() const {
    handle_.resume();
    return handle_.promise().last;
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

Counting count() {
  for (int i = 0;; ++i) co_yield i;
}
void generator_step(benchmark::State& state) {
  const Counting numbers = count();
  measure::calls(state, [&] { benchmark::DoNotOptimize(numbers.next()); });
}

weft::Task<int> child() { co_return 1; }

template <class Make>
weft::Task<> await_each(benchmark::State& state, Make make) {
  const allocation_count::Since allocations;
  for (auto _ : state) {
    auto result = co_await make();
    benchmark::DoNotOptimize(&result);
  }
  measure::report(state, allocations);
}

void await_ready_task(benchmark::State& state) { weft::sync_wait(await_each(state, child)); }
void gather_two(benchmark::State& state) {
  weft::sync_wait(await_each(state, [] { return weft::when_all(child(), child()); }));
}
void race_two(benchmark::State& state) {
  weft::sync_wait(await_each(state, [] { return weft::when_any(child(), child()); }));
}
void sync_wait(benchmark::State& state) {
  measure::calls(state, [] { benchmark::DoNotOptimize(weft::sync_wait(child())); });
}

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

void coroutine_turn(benchmark::State& state) { suspend_resume<WithContext>(state); }

BENCHMARK(suspend_resume<Bare>)
    ->Name("floor/coroutine_turn")
    ->Apply(measure::allow_fixed_iterations);

// WEFT_BENCH(name): alone, and on several threads, each with coroutines of its own.
#define WEFT_BENCH(name)                                                        \
  BENCHMARK(name)->Name("weft/" #name)->Apply(measure::allow_fixed_iterations); \
  BENCHMARK(name)->Name("weft/" #name)->Apply(measure::on_threads)

WEFT_BENCH(coroutine_turn);
WEFT_BENCH(generator_step);
WEFT_BENCH(in_context_turn);
WEFT_BENCH(await_ready_task);
WEFT_BENCH(gather_two);
WEFT_BENCH(race_two);
WEFT_BENCH(sync_wait);
WEFT_BENCH(spawn);

#undef WEFT_BENCH

}  // namespace

BENCHMARK_MAIN();
