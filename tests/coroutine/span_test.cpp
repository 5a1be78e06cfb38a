// SPDX-License-Identifier: Apache-2.0
// Spans that are open over a suspension.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::Event;
using weft::testing::Held;
using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::tracer;

weft::Task<> spans(Event& event, std::string_view name) {
  auto outer = tracer.start(name);
  co_await event;
  auto inner = tracer.start(std::string(name) + " inner");
}

bool has_escaped(const weft::SpanData& span) {
  return span.status.code == weft::StatusCode::error || !span.events.empty();
}

// Calls f while an exception is in flight.
template <class F>
void while_unwinding(F f) {
  struct Calls {
    explicit Calls(F& g) : f(g) {}
    ~Calls() { f(); }
    F& f;
  };
  try {
    const Calls calls(f);
    throw std::runtime_error("in flight");
  } catch (const std::runtime_error&) {
  }
}

TEST(CoroutineSpan, IsNotCurrentWhileItsTaskWaits) {
  Recorded recorded;
  Event event;
  const Held held(spans(event, "a"));
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(CoroutineSpan, InterleavedOnOneThreadEachIsTheParentOfItsOwn) {
  Recorded recorded;
  {
    Event events[2];
    const Held first(spans(events[0], "a"));
    const Held second(spans(events[1], "b"));
    events[0].set();
    events[1].set();
  }
  EXPECT_EQ(recorded.span("b inner").parent.span_id(), recorded.span("b").context.span_id());
  EXPECT_EQ(recorded.span("a inner").parent.span_id(), recorded.span("a").context.span_id());
}

TEST(CoroutineSpan, InterleavedOnOneThreadEachIsARoot) {
  Recorded recorded;
  {
    Event events[2];
    const Held first(spans(events[0], "a"));
    const Held second(spans(events[1], "b"));
    events[0].set();
    events[1].set();
  }
  EXPECT_FALSE(recorded.span("b").parent.is_valid());
}

TEST(CoroutineSpan, IsCurrentAgainOnAnotherThread) {
  Recorded recorded;
  Pool pool;
  auto task = [&]() -> weft::Task<bool> {
    auto span = tracer.start("a");
    co_await pool.hop();
    co_return weft::current_span().context().span_id() == span.context().span_id();
  };
  EXPECT_TRUE(weft::sync_wait(task()));
}

TEST(CoroutineSpan, GivesTheRequestIdAgainOnAnotherThread) {
  Recorded recorded;
  Pool pool;
  auto task = [&]() -> weft::Task<bool> {
    auto span = tracer.start("a");
    co_await pool.hop();
    co_return weft::request_id.get().view() == span.context().trace_id().to_hex();
  };
  EXPECT_TRUE(weft::sync_wait(task()));
}

TEST(CoroutineSpan, EndedOnAnotherThreadIsNoMisuse) {
  Recorded recorded;
  Pool pool;
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("a");
    co_await pool.hop();
  };
  weft::sync_wait(task());
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(CoroutineSpan, AnExceptionThatLeavesItAfterASuspensionIsRecorded) {
  Recorded recorded;
  Event event;
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("a");
    co_await event;
    throw std::runtime_error("no");
  };
  const Held held(task());
  event.set();
  EXPECT_TRUE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, AnExceptionOfAChildIsRecordedInTheAwaiterThatLetsItPass) {
  Recorded recorded;
  auto child = []() -> weft::Task<> {
    throw std::runtime_error("no");
    co_return;
  };
  auto parent = [&]() -> weft::Task<> {
    auto span = tracer.start("a");
    co_await child();
  };
  EXPECT_THROW(weft::sync_wait(parent()), std::runtime_error);
  EXPECT_TRUE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, AnExceptionThatIsCaughtOutsideItIsNotTheOthers) {
  Recorded recorded;
  auto child = []() -> weft::Task<> {
    throw std::runtime_error("no");
    co_return;
  };
  auto parent = [&]() -> weft::Task<> {
    auto span = tracer.start("a");
    try {
      co_await child();
    } catch (const std::runtime_error&) {
    }
  };
  weft::sync_wait(parent());
  EXPECT_FALSE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, ResumedWhileItsCallerUnwindsReportsNoEscape) {
  Recorded recorded;
  Event event;
  const Held held(spans(event, "a"));
  while_unwinding([&] { event.set(); });
  EXPECT_FALSE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, StartedWhileItsCallerUnwindsReportsAnEscapeOfItsOwnLater) {
  Recorded recorded;
  Event event;
  auto task = [&]() -> weft::Task<> {
    auto span = tracer.start("a");
    co_await event;
    throw std::runtime_error("its own");
  };
  std::optional<Held> held;
  while_unwinding([&] { held.emplace(task()); });
  event.set();
  EXPECT_TRUE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, WaitedForWhileTheCallerUnwindsReportsNoEscape) {
  Recorded recorded;
  auto task = []() -> weft::Task<> {
    auto span = tracer.start("a");
    co_return;
  };
  while_unwinding([&] { weft::sync_wait(task()); });
  EXPECT_FALSE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, DestroyedWhileSuspendedEnds) {
  Recorded recorded;
  Event event;
  Held held(spans(event, "a"));
  held.destroy();
  EXPECT_EQ(recorded.span("a").name, "a");
}

TEST(CoroutineSpan, DestroyedWhileSuspendedIsNoMisuse) {
  Recorded recorded;
  Event event;
  Held held(spans(event, "a"));
  held.destroy();
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(CoroutineSpan, DestroyedWhileItsCallerUnwindsReportsNoEscape) {
  Recorded recorded;
  Event event;
  Held held(spans(event, "a"));
  while_unwinding([&] { held.destroy(); });
  EXPECT_FALSE(has_escaped(recorded.span("a")));
}

TEST(CoroutineSpan, DestroyedInAChainReportsNoEscape) {
  Recorded recorded;
  Event event;
  auto parent = [&]() -> weft::Task<> {
    auto span = tracer.start("parent");
    co_await spans(event, "child");
  };
  Held held(parent());
  while_unwinding([&] { held.destroy(); });
  EXPECT_FALSE(has_escaped(recorded.span("parent")) || has_escaped(recorded.span("child")));
}

}  // namespace
