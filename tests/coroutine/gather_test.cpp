// SPDX-License-Identifier: Apache-2.0
// when_all and when_any.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "coroutine/support.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Held;
using weft::testing::Pool;

weft::Task<int> number(int value) { co_return value; }
weft::Task<std::string> text() { co_return "text"; }
[[maybe_unused]] weft::Task<> nothing() { co_return; }
weft::Task<int> sets_and_reads(int value) {
  const int before = depth.get();
  depth.set(value);
  co_return before * 10 + depth.get();
}
weft::Task<int> throws(std::string what) {
  throw std::runtime_error(what);
  co_return 0;
}
weft::Task<int> waits(Event& event, int value) {
  co_await event;
  co_return value;
}
weft::Task<int> waits_then_throws(Event& event) {
  co_await event;
  throw std::runtime_error("first");
}

TEST(WhenAll, GivesTheResultsInOrder) {
  auto task = []() -> weft::Task<std::string> {
    auto [a, b] = co_await weft::when_all(number(1), text());
    co_return std::to_string(a) + b;
  };
  EXPECT_EQ(weft::sync_wait(task()), "1text");
}

TEST(WhenAll, AVoidChildGivesMonostate) {
  using Result = decltype(weft::sync_wait(weft::when_all(nothing(), number(1))));
  EXPECT_TRUE((std::is_same_v<Result, std::tuple<std::monostate, int>>));
}

TEST(WhenAll, OfAVectorGivesAVector) {
  std::vector<weft::Task<int>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(number(i));
  EXPECT_EQ(weft::sync_wait(weft::when_all(std::move(tasks))), (std::vector<int>{0, 1, 2}));
}

TEST(WhenAll, OfAnEmptyVectorIsReady) {
  EXPECT_TRUE(weft::sync_wait(weft::when_all(std::vector<weft::Task<int>>())).empty());
}

TEST(WhenAll, OfNothingIsReady) { EXPECT_EQ(weft::sync_wait(weft::when_all()), std::tuple<>()); }

TEST(WhenAll, EachChildHasItsOwnCopy) {
  auto task = []() -> weft::Task<std::tuple<int, int>> {
    const auto scope = depth.scoped(3);
    co_return co_await weft::when_all(sets_and_reads(1), sets_and_reads(2));
  };
  EXPECT_EQ(weft::sync_wait(task()), std::tuple(31, 32));
}

TEST(WhenAll, WhatAChildSetsItsAwaiterDoesNotSee) {
  auto task = []() -> weft::Task<int> {
    co_await weft::when_all(sets_and_reads(1));
    co_return depth.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), 0);
}

TEST(WhenAll, WaitsForAllBeforeItThrows) {
  Event event;
  bool thrown = false;
  auto task = [&]() -> weft::Task<> {
    try {
      co_await weft::when_all(throws("early"), waits(event, 1));
    } catch (const std::runtime_error&) {
      thrown = true;
    }
  };
  const Held held(task());
  EXPECT_FALSE(thrown);
  event.set();
  EXPECT_TRUE(thrown);
}

TEST(WhenAll, ThrowsTheFirstExceptionInTheOrderOfTheArguments) {
  Event event;
  std::string what;
  auto task = [&]() -> weft::Task<> {
    try {
      co_await weft::when_all(waits_then_throws(event), throws("earlier in time"));
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
  };
  const Held held(task());
  event.set();
  EXPECT_EQ(what, "first");
}

TEST(WhenAll, ChildrenRunAtTheSameTime) {
  Event events[2];
  int sum = 0;
  auto task = [&]() -> weft::Task<> {
    const auto [a, b] = co_await weft::when_all(waits(events[0], 1), waits(events[1], 2));
    sum = a + b;
  };
  const Held held(task());
  events[1].set();
  events[0].set();
  EXPECT_EQ(sum, 3);
}

TEST(WhenAll, GoesOnInTheAwaitersContextWhereverTheLastOneEnds) {
  Pool pool(3);
  auto hops = [&]() -> weft::Task<> { co_await pool.hop(); };
  auto task = [&]() -> weft::Task<int> {
    const auto scope = depth.scoped(4);
    co_await weft::when_all(hops(), hops(), hops());
    co_return depth.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), 4);
}

TEST(WhenAll, TakesAnyAwaitable) {
  Pool pool;
  EXPECT_NO_THROW(weft::sync_wait(weft::when_all(pool.hop(), number(1))));
}

TEST(WhenAny, GivesIndexAndValueOfTheFirst) {
  Event events[2];
  std::string result;
  auto task = [&]() -> weft::Task<> {
    const auto [index, value] = co_await weft::when_any(waits(events[0], 10), waits(events[1], 20));
    result = std::to_string(index) + ":" + std::to_string(value);
  };
  const Held held(task());
  events[1].set();
  EXPECT_EQ(result, "1:20");
  events[0].set();
}

TEST(WhenAny, OfSeveralTypesGivesAVariant) {
  const auto result = weft::sync_wait(weft::when_any(text(), number(1)));
  EXPECT_EQ(std::get<0>(result.value), "text");
}

TEST(WhenAny, OfAVector) {
  std::vector<weft::Task<int>> tasks;
  tasks.push_back(number(5));
  EXPECT_EQ(weft::sync_wait(weft::when_any(std::move(tasks))).value, 5);
}

TEST(WhenAny, OfAnEmptyVectorThrows) {
  EXPECT_THROW(static_cast<void>(weft::when_any(std::vector<weft::Task<int>>())),
               std::invalid_argument);
}

TEST(WhenAny, AsksTheOthersToStop) {
  Event event;
  bool asked = false;
  auto other = [&]() -> weft::Task<int> {
    const std::stop_token stop = weft::current_stop_token();
    const std::stop_callback wakes(stop, [&] { event.set(); });
    co_await event;
    asked = stop.stop_requested();
    co_return 0;
  };
  EXPECT_EQ(weft::sync_wait(weft::when_any(other(), number(1))).index, 1U);
  EXPECT_TRUE(asked);
}

TEST(WhenAny, DoesNotWaitForOneThatDoesNotStop) {
  Event event;
  EXPECT_EQ(weft::sync_wait(weft::when_any(waits(event, 1), number(2))).value, 2);
  event.set();
}

TEST(WhenAny, ThrowsWhatTheFirstThrew) {
  Event event;
  EXPECT_THROW(weft::sync_wait(weft::when_any(waits(event, 1), throws("no"))), std::runtime_error);
  event.set();
}

TEST(WhenAny, AGatheredGrandchildIsAskedToo) {
  Event event;
  bool asked = false;
  auto grandchild = [&]() -> weft::Task<> {
    const std::stop_token stop = weft::current_stop_token();
    const std::stop_callback wakes(stop, [&] { event.set(); });
    co_await event;
    asked = stop.stop_requested();
  };
  auto child = [&]() -> weft::Task<int> {
    co_await weft::when_all(grandchild());
    co_return 0;
  };
  weft::sync_wait(weft::when_any(child(), number(1)));
  EXPECT_TRUE(asked);
}

TEST(WhenAny, AskedToStopAsksItsOwnChildren) {
  Event event;
  bool asked = false;
  auto grandchild = [&]() -> weft::Task<> {
    const std::stop_token stop = weft::current_stop_token();
    const std::stop_callback wakes(stop, [&] { event.set(); });
    co_await event;
    asked = stop.stop_requested();
  };
  auto child = [&]() -> weft::Task<int> {
    co_await weft::when_any(grandchild());
    co_return 0;
  };
  weft::sync_wait(weft::when_any(child(), number(1)));
  EXPECT_TRUE(asked);
}

TEST(WhenAny, EachChildHasItsOwnCopy) {
  EXPECT_EQ(weft::sync_wait(weft::when_any(sets_and_reads(2))).value, 2);
  EXPECT_EQ(depth.get(), 0);
}

TEST(WhenAny, OutsideOfItNobodyAsksToStop) {
  EXPECT_FALSE(weft::current_stop_token().stop_possible());
}

}  // namespace
