// SPDX-License-Identifier: Apache-2.0
// What a coroutine started by weft::asio::co_spawn sees, and what nobody else does.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "asio/net.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft::testing;

TEST(AsioTask, SeesTheVariablesOfTheCall) {
  net::io_context io;
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    weft::asio::co_spawn(
        io,
        [&]() -> net::awaitable<void> {
          seen = user.get();
          co_return;
        },
        net::detached);
    user.set("later");
  });
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioTask, KeepsWhatItSetOverATimer) {
  net::io_context io;
  std::string seen;
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        user.set("ann");
        co_await rest();
        seen = user.get();
      },
      net::detached);
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioTask, KeepsWhatAChildCoroutineSet) {
  net::io_context io;
  std::string seen;
  auto child = []() -> net::awaitable<void> {
    co_await rest();
    user.set("child's");
    co_await rest();
  };
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        co_await child();
        seen = user.get();
      },
      net::detached);
  run(io);
  EXPECT_EQ(seen, "child's");
}

TEST(AsioTask, LeavesNothingWithTheThread) {
  net::io_context io;
  std::vector<std::string> seen;
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        user.set("ann");
        net::post(io, [&] { seen.push_back(user.get()); });  // the plain executor
        co_await rest(1ms);
        user.set("bob");
      },
      net::detached);
  run(io);
  seen.push_back(user.get());
  EXPECT_EQ(seen, (std::vector<std::string>{"nobody", "nobody"}));
}

TEST(AsioTask, KeepsItsContextOverAFailedOperation) {
  net::io_context io;
  std::string seen;
  weft::asio::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        user.set("ann");
        net::ip::tcp::socket closed(co_await net::this_coro::executor);
        char byte = 0;
        try {
          co_await closed.async_read_some(net::buffer(&byte, 1), net::use_awaitable);
        } catch (const SystemError&) {
          seen = user.get();
        }
      },
      net::detached);
  run(io);
  EXPECT_EQ(seen, "ann");
}

TEST(AsioTask, KeepsItsContextOverAComposedReadInManyPieces) {
  net::io_context io;
  net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
  std::string seen;
  auto write = [&]() -> net::awaitable<void> {
    net::ip::tcp::socket socket(co_await net::this_coro::executor);
    co_await socket.async_connect(acceptor.local_endpoint(), net::use_awaitable);
    for (int i = 0; i < 4; ++i) {
      co_await net::async_write(socket, net::buffer("part", 4), net::use_awaitable);
      co_await rest(1ms);
    }
  };
  auto read = [&]() -> net::awaitable<void> {
    user.set("reader");
    auto socket = co_await acceptor.async_accept(net::use_awaitable);
    std::string text(16, ' ');
    co_await net::async_read(socket, net::buffer(text), net::use_awaitable);
    seen = user.get() + " " + text;
  };
  weft::asio::co_spawn(io, read(), net::detached);
  weft::asio::co_spawn(io, write(), net::detached);
  run(io);
  EXPECT_EQ(seen, "reader partpartpartpart");
}

TEST(AsioTask, HasTheSpanOfTheCallAsParent) {
  Recorded recorded;
  net::io_context io;
  weft::SpanContext outer;
  {
    auto span = tracer.start("outer");
    outer = span.context();
    weft::asio::co_spawn(
        io,
        []() -> net::awaitable<void> {
          co_await rest();
          auto inner = tracer.start("inner");
          co_return;
        },
        net::detached);
  }
  run(io);
  EXPECT_EQ(recorded.span("inner").parent.span_id(), outer.span_id());
}

TEST(AsioTask, KeepsItsSpanCurrentAmongOthersOnTheSameThread) {
  Recorded recorded;
  net::io_context io;
  int wrong = 0;
  auto work = [&](int rounds) -> net::awaitable<void> {
    auto span = tracer.start("work");
    for (int i = 0; i < rounds; ++i) {
      co_await rest();
      if (weft::current_span().context() != span.context()) ++wrong;
    }
  };
  for (int i = 1; i <= 20; ++i) weft::asio::co_spawn(io, work(i), net::detached);
  run(io);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
  for (const weft::SpanData& span : recorded.spans()) EXPECT_FALSE(span.parent.is_valid());
}

TEST(AsioTask, FollowsItsStepsOverThePoolsThreads) {
  Recorded recorded;
  net::thread_pool pool(4);
  std::atomic<int> wrong = 0;
  auto work = [&](int number) -> net::awaitable<void> {
    const std::string name = std::to_string(number);
    user.set(name);
    auto span = tracer.start("work");
    for (int i = 0; i < 200; ++i) {
      co_await net::post(pool, net::use_awaitable);
      if (user.get() != name || weft::current_span().context() != span.context()) ++wrong;
    }
  };
  for (int i = 0; i < 50; ++i) weft::asio::co_spawn(pool, work(i), net::detached);
  pool.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(AsioTask, KeepsItsContextOnAStrand) {
  net::thread_pool pool(4);
  std::atomic<int> wrong = 0;
  int unguarded = 0;  // the strand is its lock
  const auto strand = net::make_strand(pool);
  auto work = [&](int number) -> net::awaitable<void> {
    const std::string name = std::to_string(number);
    user.set(name);
    for (int i = 0; i < 100; ++i) {
      ++unguarded;
      co_await net::post(strand, net::use_awaitable);
      if (user.get() != name) ++wrong;
    }
  };
  for (int i = 0; i < 20; ++i) weft::asio::co_spawn(strand, work(i), net::detached);
  pool.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(unguarded, 2000);
}

TEST(AsioTask, AnExceptionThatLeavesItEndsItsSpansAsEscaped) {
  Recorded recorded;
  net::io_context io;
  std::exception_ptr error;
  weft::asio::co_spawn(
      io,
      []() -> net::awaitable<void> {
        auto span = tracer.start("fails");
        co_await rest();
        throw std::runtime_error("told");
      },
      [&](std::exception_ptr thrown) { error = thrown; });
  run(io);
  EXPECT_THROW(std::rethrow_exception(error), std::runtime_error);
  EXPECT_EQ(recorded.span("fails").status.code, weft::StatusCode::error);
}

TEST(AsioTask, ResumedWhileItsCallerUnwindsItReportsNoEscapedException) {
  Recorded recorded;
  net::io_context io;
  weft::asio::co_spawn(
      io,
      []() -> net::awaitable<void> {
        auto span = tracer.start("fine");
        co_await rest();
      },
      net::detached);
  struct RunsAtItsEnd {
    net::io_context& io;
    ~RunsAtItsEnd() { run(io); }
  };
  try {
    const RunsAtItsEnd unwinding{io};
    throw std::runtime_error("unwinds");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(recorded.span("fine").status.code, weft::StatusCode::unset);
}

TEST(AsioTask, DestroyedWhileSuspendedItEndsItsSpansInItsOwnContext) {
  Recorded recorded;
  weft::Context().run([&] {
    auto around = tracer.start("around");
    {
      net::io_context io;
      weft::asio::co_spawn(
          io,
          []() -> net::awaitable<void> {
            auto outer = tracer.start("outer");
            auto inner = tracer.start("inner");
            co_await rest(1h);
          },
          net::detached);
      io.poll();
    }
    EXPECT_EQ(weft::current_span().context(), around.context());
  });
  EXPECT_EQ(recorded.span("inner").status.code, weft::StatusCode::unset);
  EXPECT_EQ(recorded.spans().size(), 3U);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(AsioTask, NeverStartedItLetsItsArgumentsGo) {
  auto argument = std::make_shared<int>(1);
  {
    net::io_context io;
    weft::asio::co_spawn(
        io,
        [](std::shared_ptr<int> kept) -> net::awaitable<void> {
          (void)kept;
          co_return;
        }(argument),
        net::detached);
  }
  EXPECT_EQ(argument.use_count(), 1);
}

TEST(AsioTask, ItsLocalsSeeItsContextAsTheyAreDestroyed) {
  std::string seen;
  struct Looks {
    std::string& seen;
    ~Looks() { seen = user.get(); }
  };
  {
    net::io_context io;
    weft::asio::co_spawn(
        io,
        [](std::string& out) -> net::awaitable<void> {
          user.set("ann");
          const Looks looks{out};
          co_await rest(1h);
        }(seen),
        net::detached);
    io.poll();
  }
  EXPECT_EQ(seen, "ann");
}

}  // namespace
