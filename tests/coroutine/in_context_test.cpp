// SPDX-License-Identifier: Apache-2.0
// Coroutine types that cannot be changed.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Foreign;
using weft::testing::ForeignTask;
using weft::testing::Held;
using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::tracer;
using weft::testing::user;

// Reads the context when it starts, as what sends a request does.
struct Sends {
  explicit Sends(std::string& to) : seen(to) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const {
    seen = user.get_or("none");
    return false;
  }
  void await_resume() const noexcept {}
  std::string& seen;
};

TEST(InContext, AThirdPartysCoroutineSeesTheTasksContext) {
  std::string seen;
  auto foreign = [&]() -> ForeignTask {
    seen = user.get_or("none");
    co_return;
  };
  auto task = [&]() -> weft::Task<> {
    const auto scope = user.scoped("task");
    co_await weft::in_context(foreign());
  };
  weft::sync_wait(task());
  EXPECT_EQ(seen, "task");
}

TEST(InContext, WhatAThirdPartysCoroutineSetsTheTaskSees) {
  auto foreign = []() -> ForeignTask {
    depth.set(7);
    co_return;
  };
  auto task = [&]() -> weft::Task<int> {
    co_await weft::in_context(foreign());
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(task()); }), 7);
}

TEST(InContext, TheTaskGoesOnInItsContextWhereverTheThirdPartysCoroutineEnds) {
  Pool pool;
  auto foreign = [&]() -> ForeignTask { co_await pool.hop(); };
  auto task = [&]() -> weft::Task<std::string> {
    const auto scope = user.scoped("task");
    co_await weft::in_context(foreign());
    co_return user.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), "task");
}

TEST(InContext, LeavesNothingOnTheThreadsItCrosses) {
  Pool pool;
  auto foreign = [&]() -> ForeignTask {
    co_await weft::in_context(pool.hop());
    co_await weft::in_context(pool.hop());
  };
  auto task = [&]() -> weft::Task<> {
    const auto scope = user.scoped("task");
    co_await weft::in_context(foreign());
  };
  weft::sync_wait(task());
  EXPECT_FALSE(pool.ask([] { return user.find() != nullptr; }));
}

TEST(InContext, LeavesNothingWithWhoResumedATaskThatWaits) {
  Event event;
  auto foreign = [&]() -> ForeignTask { co_await event; };
  auto task = [&]() -> weft::Task<> {
    user.set("task");
    co_await weft::in_context(foreign());
  };
  const Held held(task());
  EXPECT_EQ(user.find(), nullptr);
}

TEST(InContext, AnAwaitableThatReadsTheContextAsItStartsReadsTheTasks) {
  std::string seen;
  auto task = [&]() -> weft::Task<> {
    const auto scope = user.scoped("task");
    co_await weft::in_context(Sends(seen));
  };
  weft::sync_wait(task());
  EXPECT_EQ(seen, "task");
}

TEST(InContext, InAThirdPartysCoroutineGoesOnInItsContext) {
  Event event;
  std::string after;
  auto foreign = [&]() -> Foreign {
    co_await weft::in_context(event);
    after = user.get_or("none");
  };
  weft::Context().run([&] {
    user.set("caller");
    foreign();
  });
  std::thread([&] { event.set(); }).join();
  EXPECT_EQ(after, "caller");
}

TEST(InContext, InAThirdPartysCoroutineKeepsWhatWasSetBetweenWaits) {
  Event first;
  Event second;
  std::string after;
  auto foreign = [&]() -> Foreign {
    co_await weft::in_context(first);
    user.set("between");
    co_await weft::in_context(second);
    after = user.get_or("none");
  };
  foreign();
  first.set();
  second.set();
  EXPECT_EQ(after, "between");
  EXPECT_EQ(user.find(), nullptr);
}

TEST(InContext, ATokenOfBetweenWaitsIsGoodAfterTheNext) {
  Event first;
  Event second;
  int after = -1;
  auto foreign = [&]() -> Foreign {
    co_await weft::in_context(first);
    auto token = depth.set(3);
    co_await weft::in_context(second);
    depth.reset(token);
    after = depth.get();
  };
  foreign();
  first.set();
  second.set();
  EXPECT_EQ(after, 0);
}

TEST(InContext, ThirdPartysCoroutinesTakeTurnsOnOneThread) {
  Event events[2];
  std::string after;
  auto foreign = [&](int i) -> Foreign {
    user.set(std::to_string(i));
    co_await weft::in_context(events[i]);
    after += user.get_or("none");
  };
  weft::Context().run([&] { foreign(0); });
  weft::Context().run([&] { foreign(1); });
  events[1].set();
  events[0].set();
  EXPECT_EQ(after, "10");
}

TEST(InContext, LeavesNothingWithWhoResumedAThirdPartysCoroutine) {
  Event event;
  auto foreign = [&]() -> Foreign {
    co_await weft::in_context(event);
    user.set("foreign");
  };
  foreign();
  event.set();
  EXPECT_EQ(user.find(), nullptr);
}

TEST(InContext, ASpanInAThirdPartysCoroutineThatATaskAwaitsIsRight) {
  Recorded recorded;
  Pool pool;
  auto foreign = [&]() -> ForeignTask {
    auto span = tracer.start("outer");
    co_await weft::in_context(pool.hop());
    auto inner = tracer.start("inner");
  };
  auto task = [&]() -> weft::Task<> { co_await weft::in_context(foreign()); };
  weft::sync_wait(task());
  EXPECT_EQ(recorded.span("inner").parent.span_id(), recorded.span("outer").context.span_id());
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

// Starts a third party's coroutine and goes on with something else once that one waits.
struct StartsAndLooks {
  StartsAndLooks(Event& event, std::string& to) : done(event), seen(to) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    [](Event& event, std::coroutine_handle<> awaiting) -> Foreign {
      co_await weft::in_context(event);
      awaiting.resume();
    }(done, handle);
    seen = user.get_or("none");
  }
  void await_resume() const noexcept {}
  Event& done;
  std::string& seen;
};

TEST(InContext, WhoGoesOnWhenAThirdPartysCoroutineWaitsIsNoLongerInItsContext) {
  Event done;
  std::string seen;
  auto task = [&]() -> weft::Task<> {
    const auto scope = user.scoped("task");
    const StartsAndLooks start(done, seen);
    co_await weft::in_context(start);
  };
  Pool pool;
  weft::spawn(pool.executor(), task());
  pool.ask([&] {
    while (!done.is_awaited()) std::this_thread::yield();
    done.set();
    return 0;
  });
  EXPECT_EQ(seen, "none");
}

TEST(InContext, AwaitsATaskInAThirdPartysCoroutine) {
  int after = 0;
  auto sets = []() -> weft::Task<> {
    depth.set(8);
    co_return;
  };
  auto foreign = [&]() -> Foreign {
    co_await weft::in_context(sets());
    after = depth.get();
  };
  foreign();
  EXPECT_EQ(after, 8);
}

TEST(InContext, AMillionThatAreReadyTakeNoStack) {
  auto foreign = []() -> ForeignTask { co_return; };
  auto task = [&]() -> weft::Task<int> {
    int count = 0;
    for (int i = 0; i < 1'000'000; ++i) {
      co_await weft::in_context(foreign());
      ++count;
    }
    co_return count;
  };
  EXPECT_EQ(weft::sync_wait(task()), 1'000'000);
}

TEST(InContext, GoesOnOnTheThreadThatItsAwaitableChose) {
  Pool pool;
  bool on_pool = true;
  auto task = [&]() -> weft::Task<> {
    const auto here = std::this_thread::get_id();
    co_await weft::in_context(pool.hop());
    on_pool = std::this_thread::get_id() != here;
  };
  for (int i = 0; i < 1000 && on_pool; ++i) weft::sync_wait(task());
  EXPECT_TRUE(on_pool);
}

TEST(InContext, DestroyedInAWaitingTaskEndsTheThirdPartysSpans) {
  Recorded recorded;
  Event event;
  auto foreign = [&]() -> ForeignTask {
    auto span = tracer.start("foreign");
    co_await weft::in_context(event);
  };
  auto task = [&]() -> weft::Task<> { co_await weft::in_context(foreign()); };
  Held held(task());
  held.destroy();
  EXPECT_EQ(recorded.span("foreign").name, "foreign");
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(InContext, AThirdPartysCoroutineThatIsDestroyedDisturbsNobody) {
  Recorded recorded;
  Event event;
  auto foreign = [&]() -> ForeignTask {
    auto span = tracer.start("foreign");
    co_await weft::in_context(event);
  };
  ForeignTask task = foreign();
  weft::Context().run([&] { task.start(); });
  auto span = tracer.start("destroyer");
  task.destroy();
  EXPECT_EQ(weft::current_span().context().span_id(), span.context().span_id());
}

}  // namespace
