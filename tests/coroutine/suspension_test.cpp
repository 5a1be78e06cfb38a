// SPDX-License-Identifier: Apache-2.0
// What is current while a task is suspended, and after.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "coroutine/support.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Held;
using weft::testing::Pool;
using weft::testing::user;

// Answers each question of `co_await` as it is told; notes what was current.
struct Scripted {
  Scripted(bool ready, bool waits) : is_ready(ready), does_wait(waits) {}
  bool await_ready() const noexcept { return is_ready; }
  bool await_suspend(std::coroutine_handle<> handle) noexcept {
    seen = user.get_or("");
    waiting = handle;
    return does_wait;
  }
  void await_resume() const noexcept {}
  bool is_ready;
  bool does_wait;
  std::string seen = "not asked";
  std::coroutine_handle<> waiting;
};

struct Throwing {
  Throwing() {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const { throw std::runtime_error("not now"); }
  void await_resume() const noexcept {}
};

// Goes on at once, by returning the handle that it was given.
struct Returning {
  Returning() {}
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> handle) const noexcept {
    return handle;
  }
  void await_resume() const noexcept {}
};

// Resumes inside await_suspend.
struct Resuming {
  Resuming() {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { handle.resume(); }
  void await_resume() const noexcept {}
};

template <class A>
weft::Task<> awaits(A& awaitable, std::string& after) {
  user.set("dan");
  co_await awaitable;
  after = user.get_or("");
}

TEST(Suspension, WhoResumedSeesNothingOfATaskThatWaits) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Suspension, WhatWasSetIsThereAgainAfterIt) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  event.set();
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, WhoResumedSeesNothingOfATaskThatEnded) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  event.set();
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Suspension, GoesOnInItsContextOnAnotherThread) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  std::thread([&] { event.set(); }).join();
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, LeavesTheOtherThreadAsItWas) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  std::string there;
  std::thread([&] {
    user.set("eve");
    event.set();
    there = user.get_or("");
  }).join();
  EXPECT_EQ(there, "eve");
}

TEST(Suspension, WhatIsReadyChangesNothing) {
  Scripted ready(true, true);
  std::string after;
  const Held held(awaits(ready, after));
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, WhatDecidesNotToWaitChangesNothing) {
  Scripted does_not_wait(false, false);
  std::string after;
  const Held held(awaits(does_not_wait, after));
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, TheContextIsLeftBeforeTheHandleIsGivenAway) {
  Scripted waits(false, true);
  std::string after;
  const Held held(awaits(waits, after));
  EXPECT_EQ(waits.seen, "");
}

TEST(Suspension, AHandleThatIsReturnedGoesOnInTheContext) {
  Returning returning;
  std::string after;
  const Held held(awaits(returning, after));
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, AHandleThatIsReturnedLeavesNothingBehind) {
  Returning returning;
  std::string after;
  const Held held(awaits(returning, after));
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Suspension, ResumedInsideAwaitSuspendGoesOnInTheContext) {
  Resuming resuming;
  std::string after;
  const Held held(awaits(resuming, after));
  EXPECT_EQ(after, "dan");
}

TEST(Suspension, ResumedInsideAwaitSuspendLeavesNothingBehind) {
  Resuming resuming;
  std::string after;
  const Held held(awaits(resuming, after));
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Suspension, AnAwaitSuspendThatThrowsThrowsInTheContext) {
  std::string after;
  auto catches = [&]() -> weft::Task<> {
    user.set("flo");
    try {
      co_await Throwing();
    } catch (const std::runtime_error&) {
      after = user.get_or("");
    }
  };
  const Held held(catches());
  EXPECT_EQ(after, "flo");
}

TEST(Suspension, AnExceptionAfterwardsLeavesNothingBehind) {
  Event event;
  auto throws = [&]() -> weft::Task<> {
    user.set("gus");
    co_await event;
    throw std::runtime_error("late");
  };
  const Held held(throws());
  event.set();
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Suspension, TasksTakeTurnsOnOneThread) {
  Event events[2];
  std::string after[2];
  auto task = [&](int i) -> weft::Task<> {
    user.set(std::to_string(i));
    co_await events[i];
    after[i] = user.get_or("");
  };
  const Held first(task(0));
  const Held second(task(1));
  events[0].set();
  events[1].set();
  EXPECT_EQ(after[0] + after[1], "01");
}

TEST(Suspension, ATaskThatWakesAnotherKeepsItsContext) {
  Event event;
  std::string woken;
  std::string after;
  auto sleeper = [&]() -> weft::Task<> {
    user.set("sleeper");
    co_await event;
    woken = user.get_or("");
  };
  auto waker = [&]() -> weft::Task<> {
    user.set("waker");
    event.set();
    after = user.get_or("");
    co_return;
  };
  const Held first(sleeper());
  const Held second(waker());
  EXPECT_EQ(woken + " " + after, "sleeper waker");
}

TEST(Suspension, AContextThatWasEnteredIsRestored) {
  Event event;
  std::string after;
  const Held held(awaits(event, after));
  weft::Context context;
  context.run([&] {
    user.set("hal");
    event.set();
    EXPECT_EQ(user.get(), "hal");
  });
}

TEST(Suspension, AChildThatHopsTakesItsAwaiterAlong) {
  Pool pool;
  auto child = [&]() -> weft::Task<> { co_await pool.hop(); };
  auto parent = [&]() -> weft::Task<std::string> {
    const auto scope = user.scoped("ida");
    co_await child();
    co_return user.get();
  };
  EXPECT_EQ(weft::sync_wait(parent()), "ida");
}

}  // namespace
