// SPDX-License-Identifier: Apache-2.0
//
// A step of an Asio coroutine, from one wait to the next, spawned by Asio and spawned with its
// context; and a job handed to an executor.
#include <asio.hpp>
#include <weft/asio.hpp>
#include <weft/weft.hpp>

#include "measure.hpp"

namespace {

const weft::ContextVar<int> user{"user"};

asio::awaitable<void> step_for_ever(asio::io_context& reactor) {
  while (true) co_await asio::post(reactor, asio::use_awaitable);
}

// One thread, which the reactor is told: no lock is measured.
constexpr int kOneThread = 1;

void step_bare(benchmark::State& state) {
  asio::io_context reactor(kOneThread);
  asio::co_spawn(reactor, step_for_ever(reactor), asio::detached);
  measure::calls(state, [&] { reactor.run_one(); });
}

void step(benchmark::State& state) {
  const auto in_a_request = user.scoped(1);
  asio::io_context reactor(kOneThread);
  weft::asio::co_spawn(reactor, step_for_ever(reactor), asio::detached);
  measure::calls(state, [&] { reactor.run_one(); });
}

void post_bare(benchmark::State& state) {
  asio::io_context reactor(kOneThread);
  int calls = 0;
  measure::calls(state, [&] {
    asio::post(reactor, [&] { benchmark::DoNotOptimize(++calls); });
    reactor.run_one();
  });
}

void post(benchmark::State& state) {
  const auto in_a_request = user.scoped(1);
  asio::io_context reactor(kOneThread);
  const auto executor = weft::propagating(reactor.get_executor());
  int calls = 0;
  measure::calls(state, [&] {
    asio::post(executor, [&] { benchmark::DoNotOptimize(++calls); });
    reactor.run_one();
  });
}

BENCHMARK(step_bare)->Name("floor/asio_step")->Apply(measure::allow_fixed_iterations);
BENCHMARK(step)->Name("weft/asio_step")->Apply(measure::allow_fixed_iterations);
BENCHMARK(post_bare)->Name("floor/asio_post")->Apply(measure::allow_fixed_iterations);
BENCHMARK(post)->Name("weft/asio_post")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
