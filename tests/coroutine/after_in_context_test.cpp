// SPDX-License-Identifier: Apache-2.0
// A task goes on where a third party's coroutine ended, which had been lent its context: whatever
// it awaits next is asked outside of it, as anywhere else.
#include <gtest/gtest.h>

#include <utility>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::ForeignTask;
using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::tracer;

// What is current where it is asked, and where what is set there is seen.
struct Asked {
  Pool& pool;
  int seen = -1;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    seen = depth.get();
    depth.set(1000);
    pool.post([handle] { handle.resume(); });
  }
  void await_resume() const noexcept {}
};

ForeignTask third(Pool& pool) { co_await weft::in_context(pool.hop()); }

struct Outcome {
  int asked_in = -1;
  int after = -1;
};

// A task on a pool's thread awaits what `wait` makes, then an awaitable that looks around.
template <class Wait>
Outcome goes_on_after(Wait wait) {
  Outcome outcome;
  Pool pool;
  auto task = [&]() -> weft::Task<> {
    co_await pool.hop();
    depth.set(5);
    co_await wait(pool);
    Asked asked{pool};
    co_await asked;
    outcome = {asked.seen, depth.get()};
  };
  weft::sync_wait(weft::when_all(task()));
  return outcome;
}

auto wait_for_one(Pool& pool) { return weft::in_context(third(pool)); }
auto wait_for_both(Pool& pool) {
  return weft::when_all(weft::in_context(third(pool)), weft::in_context(third(pool)));
}
auto wait_for_either(Pool& pool) {
  return weft::when_any(weft::in_context(third(pool)), weft::in_context(third(pool)));
}

TEST(AfterInContext, TheNextAwaitableIsAskedOutsideOfTheTask) {
  EXPECT_EQ(goes_on_after(wait_for_one).asked_in, 0);
}

TEST(AfterInContext, TheTaskDoesNotSeeWhatItSetsThere) {
  EXPECT_EQ(goes_on_after(wait_for_one).after, 5);
}

// Inside, the context would be that of a child that is gone: the address sanitizer tells for sure.
TEST(AfterInContext, TheNextAwaitableIsAskedOutsideOfGatheredOnes) {
  EXPECT_EQ(goes_on_after(wait_for_both).asked_in, 0);
}

TEST(AfterInContext, TheNextAwaitableIsAskedOutsideOfThoseThatRaced) {
  EXPECT_EQ(goes_on_after(wait_for_either).asked_in, 0);
}

TEST(AfterInContext, ATaskInATaskThatIsWaitedForGoesBackToo) {
  Pool pool;
  Asked asked{pool};
  auto task = [&]() -> weft::Task<int> {
    depth.set(5);
    co_await weft::in_context(third(pool));
    co_await asked;
    co_return depth.get();
  };
  EXPECT_EQ(weft::Context().run([&] { return weft::sync_wait(task()); }), 5);
  EXPECT_EQ(asked.seen, 0);
}

// Who resumes an unrelated task from a third party's coroutine goes on in what was lent to it.
TEST(AfterInContext, WhoResumesAnotherTaskStaysInTheContextThatItWasLent) {
  Event event;
  auto other = [&]() -> weft::Task<> {
    depth.set(7);
    co_await event;
  };
  const weft::testing::Held waiting(other());
  int after = 0;
  auto resumes = [&]() -> ForeignTask {
    event.set();
    after = depth.get();
    co_return;
  };
  auto task = [&]() -> weft::Task<> {
    depth.set(5);
    co_await weft::in_context(resumes());
  };
  weft::sync_wait(weft::when_all(task()));
  EXPECT_EQ(after, 5);
}

TEST(AfterInContext, ASpanThatIsOpenOverItIsCurrentAgain) {
  const Recorded recorded;
  Pool pool;
  bool is_current = false;
  auto task = [&]() -> weft::Task<> {
    const auto span = tracer.start("over");
    co_await wait_for_both(pool);
    co_await pool.hop();
    is_current = weft::current_span().context().span_id() == span.context().span_id();
  };
  weft::sync_wait(task());
  EXPECT_TRUE(is_current);
}

}  // namespace
