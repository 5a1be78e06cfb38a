// SPDX-License-Identifier: Apache-2.0
// Whose stop token is current where tasks share a context.
#include <gtest/gtest.h>

#include <stop_token>
#include <utility>

#include "coroutine/support.hpp"

namespace {

using weft::testing::Event;
using weft::testing::Foreign;
using weft::testing::ForeignTask;

weft::Task<int> number(int value) { co_return value; }
weft::Task<> waits(Event& event) {
  const std::stop_token own = weft::current_stop_token();
  co_await event;
  EXPECT_EQ(weft::current_stop_token(), own);
}

// Runs `task` where there is a token to be asked by.
template <class Task>
void run_with_token(Task task) {
  auto child = [](Task body) -> weft::Task<int> {
    EXPECT_TRUE(weft::current_stop_token().stop_possible());
    co_await body();
    co_return 0;
  };
  weft::sync_wait(weft::when_any(child(std::move(task))));
}

TEST(StopToken, IsTheTasksAgainAfterItWaitedForAnother) {
  run_with_token([]() -> weft::Task<> {
    const std::stop_token own = weft::current_stop_token();
    weft::sync_wait(weft::when_any(number(1)));
    EXPECT_EQ(weft::current_stop_token(), own);
    co_return;
  });
}

TEST(StopToken, OfATaskThatIsWaitedForIsThatOfWhoWaits) {
  run_with_token([]() -> weft::Task<> {
    const std::stop_token own = weft::current_stop_token();
    auto asks = []() -> weft::Task<std::stop_token> { co_return weft::current_stop_token(); };
    EXPECT_EQ(weft::sync_wait(asks()), own);
    co_return;
  });
}

TEST(StopToken, OfATaskIsSeenInAThirdPartysCoroutineThatItAwaits) {
  run_with_token([]() -> weft::Task<> {
    const std::stop_token own = weft::current_stop_token();
    std::stop_token seen;
    auto foreign = [&]() -> ForeignTask {
      seen = weft::current_stop_token();
      co_return;
    };
    co_await weft::in_context(foreign());
    EXPECT_EQ(seen, own);
  });
}

// Two tasks in the context that the first lends to a third party's coroutine: neither is inside the
// other, the one that entered first ends first.
TEST(StopToken, IsTheTasksAgainAfterGuestsThatTookTurnsInItsContext) {
  run_with_token([]() -> weft::Task<> {
    const std::stop_token own = weft::current_stop_token();
    Event first;
    Event second;
    auto guest = [](Event& event) -> Foreign { co_await weft::in_context(waits(event)); };
    auto foreign = [&]() -> ForeignTask {
      guest(first);
      guest(second);
      first.set();
      second.set();
      co_return;
    };
    co_await weft::in_context(foreign());
    EXPECT_EQ(weft::current_stop_token(), own);
  });
}

TEST(StopToken, OutsideOfATaskIsNobodys) {
  weft::sync_wait(weft::when_any(number(1)));
  EXPECT_FALSE(weft::current_stop_token().stop_possible());
}

}  // namespace
