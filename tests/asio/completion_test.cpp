// SPDX-License-Identifier: Apache-2.0
// Completion tokens of co_spawn, and the context that handlers are called in.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "asio/net.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft::testing;

net::awaitable<int> answer() {
  user.set("child");
  co_await rest();
  co_return 42;
}

TEST(AsioCompletion, ItsHandlerSeesTheContextOfTheCall) {
  net::io_context io;
  std::string seen;
  int result = 0;
  weft::Context().run([&] {
    user.set("ann");
    weft::asio::co_spawn(io, answer(), [&](std::exception_ptr, int value) {
      seen = user.get();
      result = value;
    });
  });
  run(io);
  EXPECT_EQ(seen, "ann");
  EXPECT_EQ(result, 42);
}

TEST(AsioCompletion, ItsHandlerRunsOnItsOwnExecutor) {
  net::io_context io;
  net::thread_pool pool(1);
  std::promise<std::thread::id> where;
  weft::asio::co_spawn(io, answer(), net::bind_executor(pool, [&](std::exception_ptr, int) {
                         where.set_value(std::this_thread::get_id());
                       }));
  run(io);
  EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
  pool.join();
}

TEST(AsioCompletion, TakesAFutureForToken) {
  net::io_context io;
  std::future<int> result = weft::asio::co_spawn(io, answer(), net::use_future);
  run(io);
  EXPECT_EQ(result.get(), 42);
}

TEST(AsioCompletion, TakesAMoveOnlyHandler) {
  net::io_context io;
  int result = 0;
  weft::asio::co_spawn(io, answer(),
                       [&, factor = std::make_unique<int>(2)](std::exception_ptr, int value) {
                         result = *factor * value;
                       });
  run(io);
  EXPECT_EQ(result, 84);
}

TEST(AsioCompletion, AwaitedByATaskTheTaskGoesOnInItsOwnContext) {
  Recorded recorded;
  net::io_context io;
  std::string seen;
  bool is_current = false;
  auto parent = [&]() -> net::awaitable<void> {
    user.set("parent");
    auto span = tracer.start("parent");
    const auto executor = co_await net::this_coro::executor;
    const int value = co_await weft::asio::co_spawn(executor, answer(), net::use_awaitable);
    seen = user.get() + std::to_string(value);
    is_current = weft::current_span().context() == span.context();
    user.set("again");
    co_await rest();
    seen += user.get();
  };
  weft::asio::co_spawn(io, parent(), net::detached);
  run(io);
  EXPECT_EQ(seen, "parent42again");
  EXPECT_TRUE(is_current);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(AsioCompletion, AwaitedByAPlainCoroutineThatOneGoesOnInACopyOfTheContextItHad) {
  net::io_context io;
  std::string seen;
  auto plain = [&]() -> net::awaitable<void> {
    const auto scope = user.scoped("plain");
    co_await weft::asio::co_spawn(io, answer(), net::use_awaitable);
    seen = user.get();
  };
  net::co_spawn(io, plain(), net::detached);
  run(io);
  EXPECT_EQ(seen, "plain");
}

TEST(AsioCompletion, GivesMoveOnlyValues) {
  net::io_context io;
  std::unique_ptr<int> result;
  weft::asio::co_spawn(
      io, []() -> net::awaitable<std::unique_ptr<int>> { co_return std::make_unique<int>(7); },
      [&](std::exception_ptr, std::unique_ptr<int> value) { result = std::move(value); });
  run(io);
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(*result, 7);
}

#if WEFT_ASIO_VERSION >= 101900
TEST(AsioCompletion, ACancelledTaskKeepsItsContext) {
  Recorded recorded;
  net::io_context io;
  net::cancellation_signal signal;
  std::string seen;
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        user.set("ann");
        auto span = tracer.start("cancelled");
        try {
          co_await rest(1h);
        } catch (const SystemError&) {
          seen = user.get();
        }
      },
      net::bind_cancellation_slot(signal.slot(), net::detached));
  net::post(io, [&] { signal.emit(net::cancellation_type::all); });
  run(io);
  EXPECT_EQ(seen, "ann");
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}
#else
TEST(AsioCompletion, ACancelledOperationGoesOnInTheTasksContext) {
  net::io_context io;
  net::steady_timer timer(io, 1h);
  std::string seen;
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        user.set("ann");
        try {
          co_await timer.async_wait(net::use_awaitable);
        } catch (const SystemError&) {
          seen = user.get();
        }
      },
      net::detached);
  net::post(io, [&] { timer.cancel(); });
  run(io);
  EXPECT_EQ(seen, "ann");
}
#endif

}  // namespace
