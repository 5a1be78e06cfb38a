// SPDX-License-Identifier: Apache-2.0
// What a Task gives, throws and shares.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "coroutine/support.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Held;
using weft::testing::Pool;
using weft::testing::user;

weft::Task<int> one() { co_return 1; }
weft::Task<> sets_depth(int value) {
  depth.set(value);
  co_return;
}
weft::Task<int&> same(int& value) { co_return value; }
weft::Task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }
weft::Task<int> throws() {
  throw std::runtime_error("no");
  co_return 0;
}

TEST(Task, GivesItsResult) { EXPECT_EQ(weft::sync_wait(one()), 1); }

TEST(Task, GivesAMoveOnlyResult) { EXPECT_EQ(*weft::sync_wait(boxed(3)), 3); }

TEST(Task, GivesAReferenceAsItIs) {
  int value = 4;
  EXPECT_EQ(&weft::sync_wait(same(value)), &value);
}

TEST(Task, DoesNotStartBeforeItIsAwaited) {
  bool started = false;
  auto starts = [&]() -> weft::Task<> {
    started = true;
    co_return;
  };
  const weft::Task<> task = starts();
  EXPECT_FALSE(started);
}

TEST(Task, PassesAnExceptionToWhoAwaits) {
  auto awaits = []() -> weft::Task<std::string> {
    try {
      co_await throws();
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "";
  };
  EXPECT_EQ(weft::sync_wait(awaits()), "no");
}

TEST(Task, AwaitedTwiceThrows) {
  auto awaits = []() -> weft::Task<int> {
    weft::Task<int> task = one();
    co_await task;
    co_return co_await task;
  };
  EXPECT_THROW(weft::sync_wait(awaits()), std::logic_error);
}

TEST(Task, AwaitedAfterAMoveThrows) {
  weft::Task<int> task = one();
  const weft::Task<int> other = std::move(task);
  EXPECT_THROW(weft::sync_wait(task), std::logic_error);  // NOLINT(bugprone-use-after-move)
}

TEST(Task, AwaitedByNameSharesTheContext) {
  auto awaits = []() -> weft::Task<int> {
    weft::Task<> task = sets_depth(8);
    co_await task;
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(awaits()); }), 8);
}

TEST(Task, WhatAChildSetsItsAwaiterSees) {
  auto awaits = []() -> weft::Task<int> {
    co_await sets_depth(5);
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(awaits()); }), 5);
}

TEST(Task, AChildSeesWhatItsAwaiterSet) {
  auto child = []() -> weft::Task<int> { co_return depth.get(); };
  auto awaits = [&]() -> weft::Task<int> {
    const auto scope = depth.scoped(6);
    co_return co_await child();
  };
  EXPECT_EQ(weft::sync_wait(awaits()), 6);
}

TEST(Task, ATokenOfBeforeASuspensionIsGoodAfterIt) {
  Pool pool;
  auto resets = [&]() -> weft::Task<int> {
    weft::Token<int> token = depth.set(7);
    co_await pool.hop();
    depth.reset(token);
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(resets()); }), 0);
}

TEST(SyncWait, SharesTheCallersContext) {
  weft::sync_wait(sets_depth(9));
  EXPECT_EQ(depth.get(), 9);
  depth.set(0);
}

TEST(SyncWait, SharesTheCallersContextAlsoFromAnotherThread) {
  Pool pool;
  auto sets = [&]() -> weft::Task<> {
    co_await pool.hop();
    user.set("ann");
  };
  weft::Context context;
  context.run([&] {
    weft::sync_wait(sets());
    EXPECT_EQ(user.get(), "ann");
  });
}

TEST(SyncWait, LeavesNothingOnTheOtherThread) {
  Pool pool;
  auto sets = [&]() -> weft::Task<> {
    co_await pool.hop();
    user.set("ann");
  };
  weft::Context context;
  context.run([&] { weft::sync_wait(sets()); });
  EXPECT_FALSE(pool.ask([] { return user.find() != nullptr; }));
}

TEST(SyncWait, ThrowsWhatTheTaskThrew) {
  EXPECT_THROW(weft::sync_wait(throws()), std::runtime_error);
}

TEST(SyncWait, TakesAnyAwaitable) {
  Pool pool;
  EXPECT_NO_THROW(weft::sync_wait(pool.hop()));
}

TEST(SyncWait, InsideATaskSharesItsContext) {
  auto outer = []() -> weft::Task<int> {
    weft::sync_wait(sets_depth(3));
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(outer()); }), 3);
}

TEST(Task, AwaitedByAForeignCoroutineSeesItsContext) {
  std::string seen;
  auto child = [&]() -> weft::Task<> {
    seen = user.get_or("none");
    co_return;
  };
  auto foreign = [&]() -> weft::testing::Foreign { co_await child(); };
  weft::Context().run([&] {
    user.set("bea");
    foreign();
  });
  EXPECT_EQ(seen, "bea");
}

TEST(Task, AwaitedByAForeignCoroutineLeavesTheContextToIt) {
  Event event;
  auto child = [&]() -> weft::Task<> {
    user.set("cleo");
    co_await event;
  };
  const Held held(child());
  EXPECT_EQ(user.find(), nullptr);
}

}  // namespace
