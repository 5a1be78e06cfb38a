// SPDX-License-Identifier: Apache-2.0
// A coroutine that is destroyed while it is suspended.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "coroutine/support.hpp"
#include "support/on_destruction.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Event;
using weft::testing::Held;
using weft::testing::OnDestruction;
using weft::testing::Recorded;
using weft::testing::tracer;
using weft::testing::user;

weft::Task<> opens(Event& event) {
  const auto scope = user.scoped("task");
  auto span = tracer.start("task");
  co_await event;
}

weft::Task<> awaits(weft::Task<> child) { co_await child; }

TEST(Destruction, LeavesTheVariablesOfWhoDestroysAlone) {
  Event event;
  Held held(opens(event));
  weft::Context().run([&] {
    user.set("destroyer");
    held.destroy();
    EXPECT_EQ(user.get(), "destroyer");
  });
}

TEST(Destruction, LeavesTheCurrentSpanOfWhoDestroysAlone) {
  Recorded recorded;
  Event event;
  Held held(opens(event));
  auto span = tracer.start("destroyer");
  held.destroy();
  EXPECT_EQ(weft::current_span().context().span_id(), span.context().span_id());
}

TEST(Destruction, LocalsSeeTheTasksContext) {
  Event event;
  std::string seen;
  auto task = [&]() -> weft::Task<> {
    user.set("task");
    const OnDestruction notes([&] { seen = user.get_or(""); });
    co_await event;
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(seen, "task");
}

TEST(Destruction, LocalsOfAnAwaiterSeeTheTasksContext) {
  Event event;
  std::string seen;
  auto task = [&]() -> weft::Task<> {
    user.set("task");
    const OnDestruction notes([&] { seen = user.get_or(""); });
    co_await awaits(opens(event));
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(seen, "task");
}

TEST(Destruction, AChildThatIsALocalIsDestroyedInTheTasksContext) {
  Event event;
  std::string seen;
  auto child = [&]() -> weft::Task<> {
    const OnDestruction notes([&] { seen = user.get_or(""); });
    co_await event;
  };
  auto task = [&]() -> weft::Task<> {
    user.set("task");
    weft::Task<> local = child();
    co_await local;
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(seen, "task");
}

TEST(Destruction, OfGatheredChildrenEndsTheirSpans) {
  Recorded recorded;
  Event events[2];
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("parent");
    co_await weft::when_all(opens(events[0]), opens(events[1]));
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(recorded.spans().size(), 3U);
}

TEST(Destruction, OfGatheredChildrenIsNoMisuse) {
  Recorded recorded;
  Event events[2];
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("parent");
    co_await weft::when_all(opens(events[0]), opens(events[1]));
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(Destruction, OfAWaitingWhenAnyEndsTheChildrensSpans) {
  Recorded recorded;
  Event events[2];
  auto task = [&]() -> weft::Task<> {
    co_await weft::when_any(opens(events[0]), opens(events[1]));
  };
  Held held(task());
  held.destroy();
  EXPECT_EQ(recorded.spans().size(), 2U);
}

TEST(Destruction, BeforeItsStartRunsNothing) {
  Event event;
  {
    const weft::Task<> task = opens(event);
  }
  EXPECT_FALSE(event.is_awaited());
}

TEST(Destruction, InsideAnotherTaskLeavesThatOneAlone) {
  Event event;
  std::optional<Held> held;
  held.emplace(opens(event));
  auto task = [&]() -> weft::Task<std::string> {
    const auto scope = user.scoped("destroyer");
    held->destroy();
    co_return user.get();
  };
  EXPECT_EQ(weft::sync_wait(task()), "destroyer");
}

}  // namespace
