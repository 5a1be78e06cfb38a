// SPDX-License-Identifier: Apache-2.0
// Generators have a view of their own.
#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <string>
#include <utility>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Held;
using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::tracer;

class Numbers {
 public:
  struct promise_type : weft::ContextPromise {
    Numbers get_return_object() {
      return Numbers(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto yield_value(int value) {
      current = value;
      return yielding(std::suspend_always());
    }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
    int current = 0;
  };
  Numbers(Numbers&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Numbers() {
    if (handle_ != nullptr) handle_.destroy();
  }
  bool next() const {
    handle_.resume();
    return !handle_.done();
  }
  int value() const { return handle_.promise().current; }
  int take() const { return next() ? value() : -1; }

 private:
  explicit Numbers(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// A generator that may also await; who asks it waits by `co_await next()`.
class Stream {
 public:
  struct promise_type : weft::ContextPromise {
    struct Given {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> handle) const noexcept {
        return handle.promise().asking;
      }
      void await_resume() const noexcept {}
    };
    Stream get_return_object() {
      return Stream(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto final_suspend() noexcept { return finishing(Given()); }
    auto yield_value(int value) {
      current = value;
      return yielding(Given());
    }
    void return_void() const noexcept {}
    void unhandled_exception() const { std::terminate(); }
    std::coroutine_handle<> asking = std::noop_coroutine();
    int current = 0;
  };
  Stream(Stream&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Stream() {
    if (handle_ != nullptr) handle_.destroy();
  }
  class Next {
   public:
    explicit Next(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> asking) const {
      handle_.promise().asking = asking;
      return handle_;
    }
    int await_resume() const { return handle_.done() ? -1 : handle_.promise().current; }

   private:
    std::coroutine_handle<promise_type> handle_;
  };
  Next next() const { return Next(handle_); }

 private:
  explicit Stream(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

Numbers counts_in_its_variable() {
  for (int i = 0; i < 3; ++i) {
    depth.set(depth.get() + 1);
    co_yield depth.get();
  }
}

TEST(Generator, KeepsWhatItSetOverItsYields) {
  const Numbers numbers = counts_in_its_variable();
  EXPECT_EQ(numbers.take(), 1);
  EXPECT_EQ(numbers.take(), 2);
}

TEST(Generator, WhatItSetsItsConsumerDoesNotSee) {
  const Numbers numbers = counts_in_its_variable();
  numbers.take();
  EXPECT_EQ(depth.get(), 0);
}

TEST(Generator, WhatItsConsumerSetsLaterItDoesNotSee) {
  weft::Context().run([] {
    depth.set(10);
    const Numbers numbers = counts_in_its_variable();
    numbers.take();
    depth.set(20);
    EXPECT_EQ(numbers.take(), 12);
  });
}

TEST(Generator, TwoTakeTurns) {
  const Numbers a = counts_in_its_variable();
  const Numbers b = counts_in_its_variable();
  a.take();
  a.take();
  b.take();
  EXPECT_EQ(a.take() * 10 + b.take(), 32);
}

TEST(Generator, LeavesNothingBehindAtItsEnd) {
  const Numbers numbers = counts_in_its_variable();
  while (numbers.next()) {
  }
  EXPECT_EQ(depth.get(), 0);
}

TEST(Generator, ItsSpanIsNotItsConsumers) {
  Recorded recorded;
  auto generates = []() -> Numbers {
    auto span = tracer.start("generator");
    co_yield 1;
  };
  const Numbers numbers = generates();
  numbers.take();
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(Generator, ItsSpanHasTheConsumersForItsParent) {
  Recorded recorded;
  auto generates = []() -> Numbers {
    auto span = tracer.start("generator");
    co_yield 1;
  };
  {
    auto span = tracer.start("consumer");
    const Numbers numbers = generates();
    numbers.take();
  }
  EXPECT_EQ(recorded.span("generator").parent.span_id(),
            recorded.span("consumer").context.span_id());
}

TEST(Generator, DestroyedAtAYieldLeavesItsConsumersContextAlone) {
  Recorded recorded;
  auto generates = []() -> Numbers {
    auto span = tracer.start("generator");
    co_yield 1;
  };
  auto span = tracer.start("consumer");
  {
    const Numbers numbers = generates();
    numbers.take();
  }
  EXPECT_EQ(weft::current_span().context().span_id(), span.context().span_id());
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(Generator, ConsumedInATaskLeavesItsContextAlone) {
  Pool pool;
  auto task = [&]() -> weft::Task<int> {
    const auto scope = depth.scoped(100);
    const Numbers numbers = counts_in_its_variable();
    numbers.take();
    co_await pool.hop();
    co_return numbers.take() * 1000 + depth.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), 102'100);
}

TEST(AsynchronousGenerator, KeepsItsOwnViewOverYieldsAndAwaits) {
  Pool pool;
  auto counts = [&]() -> Stream {
    for (int i = 0; i < 2; ++i) {
      depth.set(depth.get() + 1);
      co_await pool.hop();
      co_yield depth.get();
    }
  };
  auto task = [&]() -> weft::Task<std::string> {
    const auto scope = depth.scoped(10);
    const Stream stream = counts();
    std::string seen;
    for (int i = 0; i < 3; ++i) {
      const int given = co_await stream.next();
      seen += std::to_string(given) + "/" + std::to_string(depth.get()) + " ";
    }
    co_return seen;
  };
  EXPECT_EQ(weft::sync_wait(task()), "11/10 12/10 -1/10 ");
}

}  // namespace
