// SPDX-License-Identifier: Apache-2.0
// Awaiting takes no stack. Built at every level that the tests are built at, and at -O2 and -O3.
#include <gtest/gtest.h>

#include "coroutine/support.hpp"

namespace {

using weft::testing::Event;
using weft::testing::Foreign;
using weft::testing::Held;

weft::Task<int> one() { co_return 1; }

weft::Task<int> nested(int levels) {
  if (levels == 0) co_return 0;
  co_return 1 + co_await nested(levels - 1);
}

weft::Task<int> nested_over(Event& event, int levels) {
  if (levels == 0) {
    co_await event;
    co_return 0;
  }
  co_return 1 + co_await nested_over(event, levels - 1);
}

TEST(Depth, AMillionReadyAwaitsInALoop) {
  auto loop = []() -> weft::Task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
    co_return sum;
  };
  EXPECT_EQ(weft::sync_wait(loop()), 1'000'000);
}

TEST(Depth, AMillionReadyAwaitsInAForeignCoroutine) {
  int sum = 0;
  auto loop = [&]() -> Foreign {
    for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
  };
  loop();
  EXPECT_EQ(sum, 1'000'000);
}

TEST(Depth, AMillionReadyGatherings) {
  auto loop = []() -> weft::Task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) {
      const auto [a] = co_await weft::when_all(one());
      sum += a;
    }
    co_return sum;
  };
  EXPECT_EQ(weft::sync_wait(loop()), 1'000'000);
}

TEST(Depth, AHundredThousandNestedAwaits) { EXPECT_EQ(weft::sync_wait(nested(100'000)), 100'000); }

TEST(Depth, AHundredThousandNestedAwaitsThatAreResumedAtTheInnermost) {
  Event event;
  int levels = 0;
  auto outermost = [&]() -> weft::Task<> { levels = co_await nested_over(event, 100'000); };
  const Held held(outermost());
  event.set();
  EXPECT_EQ(levels, 100'000);
}

TEST(Depth, AMillionReadyAwaitsAfterASuspension) {
  Event event;
  int sum = 0;
  auto loop = [&]() -> weft::Task<> {
    co_await event;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await one();
  };
  const Held held(loop());
  event.set();
  EXPECT_EQ(sum, 1'000'000);
}

}  // namespace
