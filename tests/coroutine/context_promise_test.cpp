// SPDX-License-Identifier: Apache-2.0
// A user's own coroutine types, made context-correct by their promise's base.
#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <stdexcept>
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
using weft::testing::user;

// Lazy, awaited by symmetric transfer: everything but the result is the base's.
class Lazy {
 public:
  struct promise_type : weft::ContextPromise {
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> handle) const noexcept {
        return handle.promise().awaiting;
      }
      void await_resume() const noexcept {}
    };
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto final_suspend() noexcept { return finishing(Final()); }
    void return_void() const noexcept {}
    void unhandled_exception() { error = std::current_exception(); }
    std::coroutine_handle<> awaiting = std::noop_coroutine();
    std::exception_ptr error;
  };
  Lazy(Lazy&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Lazy() {
    if (handle_ != nullptr) handle_.destroy();
  }
  void start() const { handle_.resume(); }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    bool await_ready() const noexcept { return handle_.done(); }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const {
      handle_.promise().awaiting = awaiting;
      return handle_;
    }
    void await_resume() const {
      if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    }

   private:
    std::coroutine_handle<promise_type> handle_;
  };
  Awaiter operator co_await() const { return Awaiter(handle_); }

 private:
  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// Eager and detached: starts at its call, frees itself.
struct Eager {
  struct promise_type : weft::ContextPromise {
    Eager get_return_object() noexcept { return {}; }
    auto initial_suspend() noexcept { return starting(std::suspend_never()); }
    auto final_suspend() noexcept { return finishing(std::suspend_never()); }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
  };
};

// Has an await_transform of its own, which makes an awaitable of an int.
struct Counts {
  explicit Counts(int given) : value(given) {}
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return value; }
  int value;
};
struct Transforming {
  struct promise_type : weft::ContextPromise {
    Transforming get_return_object() noexcept { return {}; }
    auto initial_suspend() noexcept { return starting(std::suspend_never()); }
    auto final_suspend() noexcept { return finishing(std::suspend_never()); }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
    auto await_transform(int value) { return ContextPromise::await_transform(Counts(value)); }
    auto await_transform(Event& x) { return ContextPromise::await_transform(x); }
    template <class T>
    auto await_transform(weft::Task<T>&& x) {
      return ContextPromise::await_transform(std::move(x));
    }
  };
};

TEST(LazyContextPromise, StartsWhenItIsResumed) {
  bool started = false;
  auto coroutine = [&]() -> Lazy {
    started = true;
    co_return;
  };
  const Lazy lazy = coroutine();
  EXPECT_FALSE(started);
  lazy.start();
  EXPECT_TRUE(started);
}

TEST(LazyContextPromise, RunsInACopyOfTheContextOfItsCall) {
  std::string seen;
  auto coroutine = [&]() -> Lazy {
    seen = user.get_or("none");
    co_return;
  };
  weft::Context request;
  const Lazy lazy = request.run([&] {
    user.set("request");
    return coroutine();
  });
  lazy.start();
  EXPECT_EQ(seen, "request");
}

TEST(LazyContextPromise, WhatItSetsWhoResumesItDoesNotSee) {
  auto coroutine = []() -> Lazy {
    user.set("inside");
    co_return;
  };
  const Lazy lazy = coroutine();
  lazy.start();
  EXPECT_EQ(user.find(), nullptr);
}

TEST(LazyContextPromise, GoesOnInItsContextOnAnotherThread) {
  Event event;
  std::string after;
  auto coroutine = [&]() -> Lazy {
    user.set("inside");
    co_await event;
    after = user.get_or("");
  };
  const Lazy lazy = coroutine();
  lazy.start();
  std::thread([&] { event.set(); }).join();
  EXPECT_EQ(after, "inside");
}

TEST(LazyContextPromise, AwaitedByATaskSharesItsContext) {
  auto child = []() -> Lazy {
    depth.set(depth.get() + 1);
    co_return;
  };
  auto task = [&]() -> weft::Task<int> {
    depth.set(5);
    co_await child();
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(task()); }), 6);
}

TEST(LazyContextPromise, AwaitedByItsOwnKindSharesItsContext) {
  int seen = 0;
  auto child = []() -> Lazy {
    depth.set(depth.get() + 1);
    co_return;
  };
  auto parent = [&]() -> Lazy {
    depth.set(5);
    co_await child();
    seen = depth.get();
  };
  const Lazy lazy = parent();
  lazy.start();
  EXPECT_EQ(seen, 6);
}

TEST(LazyContextPromise, SharesAlsoAfterBothHopped) {
  Pool pool;
  auto child = [&]() -> Lazy {
    co_await pool.hop();
    depth.set(depth.get() + 1);
  };
  auto task = [&]() -> weft::Task<int> {
    const auto scope = depth.scoped(5);
    co_await child();
    co_return depth.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), 6);
}

TEST(LazyContextPromise, StartedInsideATaskWithoutAwaitingHasItsCopy) {
  auto child = []() -> Lazy {
    depth.set(9);
    co_return;
  };
  auto task = [&]() -> weft::Task<int> {
    const Lazy lazy = child();
    lazy.start();
    co_return depth.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), 0);
}

TEST(LazyContextPromise, AwaitsATaskInItsContext) {
  int seen = 0;
  auto child = []() -> weft::Task<int> {
    depth.set(depth.get() + 1);
    co_return depth.get();
  };
  auto parent = [&]() -> Lazy {
    depth.set(1);
    const int given = co_await child();
    seen = given * 10 + depth.get();
  };
  const Lazy lazy = parent();
  lazy.start();
  EXPECT_EQ(seen, 22);
}

TEST(LazyContextPromise, PassesAnExceptionToTheTaskThatAwaitsIt) {
  auto child = []() -> Lazy {
    throw std::runtime_error("no");
    co_return;
  };
  auto task = [&]() -> weft::Task<std::string> {
    const auto scope = user.scoped("task");
    try {
      co_await child();
    } catch (const std::runtime_error&) {
      co_return user.get();
    }
    co_return "not thrown";
  };
  EXPECT_EQ(weft::sync_wait(task()), "task");
}

TEST(LazyContextPromise, AMillionReadyTasksInALoop) {
  int sum = 0;
  auto one = []() -> weft::Task<int> { co_return 1; };
  auto loop = [&]() -> Lazy {
    for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
  };
  const Lazy lazy = loop();
  lazy.start();
  EXPECT_EQ(sum, 1'000'000);
}

TEST(LazyContextPromise, DestroyedWhileSuspendedEndsItsSpansInItsContext) {
  Recorded recorded;
  Event event;
  auto coroutine = [&]() -> Lazy {
    auto span = tracer.start("a");
    co_await event;
  };
  {
    const Lazy lazy = coroutine();
    lazy.start();
  }
  EXPECT_EQ(recorded.span("a").name, "a");
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(LazyContextPromise, DestroyedInATaskThatAwaitsItEndsItsSpansInItsContext) {
  Recorded recorded;
  Event event;
  auto child = [&]() -> Lazy {
    auto span = tracer.start("child");
    co_await event;
  };
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("parent");
    co_await child();
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(recorded.span("child").parent.span_id(), recorded.span("parent").context.span_id());
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(EagerContextPromise, RunsAtItsCallInACopy) {
  int seen = 0;
  auto coroutine = [&]() -> Eager {
    seen = depth.get();
    depth.set(9);
    co_return;
  };
  weft::Context().run([&] {
    depth.set(4);
    coroutine();
    EXPECT_EQ(depth.get(), 4);
  });
  EXPECT_EQ(seen, 4);
}

TEST(EagerContextPromise, LeavesNothingBehindWhereItSuspends) {
  Event event;
  auto coroutine = [&]() -> Eager {
    user.set("inside");
    co_await event;
  };
  coroutine();
  EXPECT_EQ(user.find(), nullptr);
  event.set();
}

TEST(EagerContextPromise, LeavesNothingBehindWhereItEnds) {
  Event event;
  std::string after;
  auto coroutine = [&]() -> Eager {
    user.set("inside");
    co_await event;
    after = user.get_or("");
  };
  coroutine();
  event.set();
  EXPECT_EQ(after, "inside");
  EXPECT_EQ(user.find(), nullptr);
}

TEST(EagerContextPromise, CalledInATaskHasItsCopy) {
  Event event;
  std::string after;
  auto coroutine = [&]() -> Eager {
    co_await event;
    after = user.get_or("");
  };
  auto task = [&]() -> weft::Task<> {
    const auto scope = user.scoped("task");
    coroutine();
    co_return;
  };
  weft::sync_wait(task());
  event.set();
  EXPECT_EQ(after, "task");
}

TEST(TransformingPromise, AwaitsWhatItsTransformationMade) {
  int seen = 0;
  auto coroutine = [&]() -> Transforming { seen = co_await 7; };
  coroutine();
  EXPECT_EQ(seen, 7);
}

TEST(TransformingPromise, GoesOnInItsContext) {
  Event event;
  std::string after;
  auto coroutine = [&]() -> Transforming {
    user.set("inside");
    co_await event;
    after = user.get_or("");
  };
  coroutine();
  EXPECT_EQ(user.find(), nullptr);
  event.set();
  EXPECT_EQ(after, "inside");
}

TEST(TransformingPromise, AwaitsTasks) {
  int seen = 0;
  auto two = []() -> weft::Task<int> { co_return 2; };
  auto coroutine = [&]() -> Transforming { seen = co_await two(); };
  coroutine();
  EXPECT_EQ(seen, 2);
}

}  // namespace
