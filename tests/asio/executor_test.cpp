// SPDX-License-Identifier: Apache-2.0
// The executor that a task's coroutine gets, and weft::propagating for Asio's executors.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/coroutine.hpp>

#include "asio/net.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft::testing;

TEST(AsioExecutor, WhatATaskPostsRunsInACopy) {
  net::io_context io;
  std::vector<std::string> seen;
  auto work = [&]() -> net::awaitable<void> {
    const auto executor = co_await net::this_coro::executor;
    user.set("ann");
    net::post(executor, [&] {
      seen.push_back(user.get());
      user.set("posted");
    });
    user.set("bob");
    co_await net::post(executor, net::use_awaitable);
    seen.push_back(user.get());
  };
  weft::asio::co_spawn(io, work(), net::detached);
  run(io);
  EXPECT_EQ(seen, (std::vector<std::string>{"ann", "bob"}));
}

TEST(AsioExecutor, StartsATaskOfOursThatIsSpawnedOnIt) {
  net::io_context io;
  std::string seen;
  const auto read = [](std::string& into) -> weft::Task<void> {
    into = user.get();
    co_return;
  };
  {
    const auto scope = user.scoped("ann");
    weft::spawn(io.get_executor(), read(seen));
  }
  EXPECT_EQ(seen, "");
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioExecutor, ATasksCallbackSeesTheContextOfItsInitiation) {
  net::io_context io;
  std::optional<net::steady_timer> timer;
  std::vector<std::string> seen;
  auto work = [&]() -> net::awaitable<void> {
    timer.emplace(co_await net::this_coro::executor, 1ms);
    user.set("ann");
    timer->async_wait([&](ErrorCode) { seen.push_back(user.get()); });
    user.set("bob");
    co_await rest(5ms);
    seen.push_back(user.get());
  };
  weft::asio::co_spawn(io, work(), net::detached);
  run(io);
  EXPECT_EQ(seen, (std::vector<std::string>{"ann", "bob"}));
}

TEST(AsioExecutor, ATaskThatATaskStartsIsItsOwn) {
  Recorded recorded;
  net::thread_pool pool(4);
  std::atomic<int> wrong = 0;
  auto session = [&](int number) -> net::awaitable<void> {
    const std::string name = std::to_string(number);
    user.set(name);
    auto span = tracer.start("session");
    for (int i = 0; i < 50; ++i) {
      co_await rest();
      if (user.get() != name || weft::current_span().context() != span.context()) ++wrong;
    }
  };
  auto listen = [&]() -> net::awaitable<void> {
    user.set("listener");
    for (int i = 0; i < 50; ++i) {
      weft::asio::co_spawn(co_await net::this_coro::executor, session(i), net::detached);
      co_await rest();
      if (user.get() != "listener" || weft::current_span().is_recording()) ++wrong;
    }
  };
  weft::asio::co_spawn(pool, listen(), net::detached);
  pool.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(AsioExecutor, APlainCoroutineThatATaskStartsDisturbsNobody) {
  net::thread_pool pool(4);
  std::atomic<int> wrong = 0;
  auto plain = [&](int number) -> net::awaitable<void> {
    if (user.get() != "listener") ++wrong;
    const std::string name = std::to_string(number);
    user.set(name);
    for (int i = 0; i < 50; ++i) {
      co_await rest();
      if (user.get() != name) ++wrong;  // a copy at each step, but of what it had
    }
  };
  auto listen = [&]() -> net::awaitable<void> {
    user.set("listener");
    for (int i = 0; i < 50; ++i) {
      net::co_spawn(co_await net::this_coro::executor, plain(i), net::detached);
      co_await rest();
      if (user.get() != "listener") ++wrong;
    }
  };
  weft::asio::co_spawn(pool, listen(), net::detached);
  pool.join();
  EXPECT_EQ(wrong, 0);
}

#if WEFT_ASIO_VERSION >= 101900  // before, bind_executor takes no use_awaitable
TEST(AsioExecutor, ATaskKeepsItsContextOnAnotherExecutor) {
  Recorded recorded;
  net::io_context io;
  net::thread_pool pool(1);
  std::vector<std::string> seen;
  std::thread::id where;
  auto work = [&]() -> net::awaitable<void> {
    user.set("ann");
    auto span = tracer.start("work");
    co_await net::post(
        net::bind_executor(weft::asio::in_this_task(pool.get_executor()), net::use_awaitable));
    where = std::this_thread::get_id();
    seen.push_back(user.get());
    user.set("bob");
    co_await net::post(net::use_awaitable);
    seen.push_back(user.get());
  };
  weft::asio::co_spawn(io, work(), net::detached);
  const auto guard = net::make_work_guard(io);
  std::jthread thread([&] { io.run(); });
  while (recorded.spans().empty()) std::this_thread::yield();
  io.stop();
  pool.join();
  thread.join();
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_EQ(seen, (std::vector<std::string>{"ann", "bob"}));
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}
#endif

// An operation of somebody else's, which keeps the handler's executor as it likes.
template <class Token>
auto async_elsewhere(net::thread_pool& pool, Token&& token) {
  return net::async_initiate<Token, void()>(
      [&pool](auto handler) {
        auto executor = net::get_associated_executor(handler, pool.get_executor());
        auto kept = std::make_shared<decltype(executor)>(executor);
        net::post(pool, [kept, handler = std::move(handler)]() mutable {
          const auto last = *kept;
          net::post(last, [handler = std::move(handler)]() mutable { std::move(handler)(); });
        });
      },
      token);
}

TEST(AsioExecutor, AnOperationMayCopyTheExecutorAsItLikes) {
  Recorded recorded;
  net::thread_pool pool(2);
  int wrong = 0;
  auto work = [&]() -> net::awaitable<void> {
    auto span = tracer.start("work");
    for (int i = 0; i < 100; ++i) {
      co_await async_elsewhere(pool, net::use_awaitable);
      if (weft::current_span().context() != span.context()) ++wrong;
    }
  };
  weft::asio::co_spawn(pool, work(), net::detached);
  pool.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(AsioPropagating, BindsAtPost) {
  net::io_context io;
  std::string seen;
  const auto executor = weft::propagating(io.get_executor());
  weft::Context().run([&] {
    user.set("ann");
    net::post(executor, [&] { seen = user.get(); });
    user.set("later");
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioPropagating, HasExecutePostAndDispatch) {
  net::io_context io;
  std::string seen;
  const auto executor = weft::propagating(io.get_executor());
  weft::Context().run([&] {
    user.set("e");
    executor.execute([&] { seen += user.get(); });
    user.set("p");
    executor.post([&] { seen += user.get(); });
    user.set("d");
    executor.dispatch([&] { seen += user.get(); });
  });
  run(io);
  EXPECT_EQ(seen, "epd");
}

TEST(AsioPropagating, TakesAnExecutionContext) {
  net::io_context io;
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    net::post(weft::propagating(io), [&] { seen = user.get(); });
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioPropagating, AHandlerSeesTheContextOfItsInitiation) {
  net::io_context io;
  net::steady_timer timer(io, 1ms);
  std::string seen;
  const auto executor = weft::propagating(io.get_executor());
  weft::Context().run([&] {
    user.set("ann");
    timer.async_wait(net::bind_executor(executor, [&](ErrorCode) { seen = user.get(); }));
    user.set("later");
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioPropagating, AHandlerOfATimerOfItsOwnSeesTheContextOfItsInitiation) {
  net::io_context io;
  net::steady_timer timer(net::any_io_executor(weft::propagating(io.get_executor())), 1ms);
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    timer.async_wait([&](ErrorCode) { seen = user.get(); });
    user.set("later");
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioPropagating, WorksInsideAStrand) {
  net::thread_pool pool(2);
  std::string seen;
  const auto strand = net::make_strand(weft::propagating(pool.get_executor()));
  weft::Context().run([&] {
    user.set("ann");
    net::post(weft::propagating(strand), [&] { seen = user.get(); });
  });
  pool.join();
  EXPECT_EQ(seen, "ann");
}

TEST(AsioPropagating, TakesMoveOnlyFunctions) {
  net::io_context io;
  int seen = 0;
  net::post(weft::propagating(io.get_executor()),
            [&, value = std::make_unique<int>(3)] { seen = *value; });
  run(io);
  EXPECT_EQ(seen, 3);
}

TEST(AsioPropagating, StartsTasksInTheContextOfTheCall) {
  net::io_context io;
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    weft::spawn(weft::propagating(io.get_executor()), [](std::string& out) -> weft::Task<> {
      out = user.get();
      co_return;
    }(seen));
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

}  // namespace
