// SPDX-License-Identifier: Apache-2.0
// What is current, and what is current again.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

// A Span on the heap, so that it can be closed out of order and on another thread.
struct Box {
  explicit Box(std::string_view name) : span(tracer.start(name)) {}
  weft::Span span;
};

TEST(CurrentSpan, DoesNotRecordWhenThereIsNone) {
  EXPECT_FALSE(weft::current_span().is_recording());
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(CurrentSpan, IsTheInnermostOpenOne) {
  Recorded recorded;
  auto outer = tracer.start("outer");
  {
    auto inner = tracer.start("inner");
    EXPECT_EQ(weft::current_span().context(), inner.context());
  }
  EXPECT_EQ(weft::current_span().context(), outer.context());
}

TEST(CurrentSpan, CanBeWrittenThroughTheProxy) {
  Recorded recorded;
  {
    auto span = tracer.start("proxied");
    weft::current_span().set_attribute("by", "proxy");
  }
  EXPECT_EQ(*recorded.span("proxied").find("by"), "proxy");
}

TEST(CurrentSpan, StaysCurrentAfterAnEarlyEnd) {
  Recorded recorded;
  auto span = tracer.start("ended");
  span.end();
  EXPECT_EQ(weft::current_span().context(), span.context());
}

TEST(CurrentSpan, IsTheOtherOneWhenTwoCloseOutOfOrder) {
  Recorded recorded;
  auto first = std::make_unique<Box>("first");
  auto second = std::make_unique<Box>("second");
  const weft::SpanContext second_context = second->span.context();
  first.reset();
  EXPECT_EQ(weft::current_span().context(), second_context);
  second.reset();
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(CurrentSpan, IsGoneFromItsThreadWhenItWasClosedOnAnother) {
  Recorded recorded;
  auto span = std::make_unique<Box>("moved");
  std::thread([&] { span.reset(); }).join();
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(CurrentSpan, OfAnotherThreadIsNotDisturbedByAForeignClose) {
  Recorded recorded;
  auto span = std::make_unique<Box>("moved");
  std::thread([&] {
    auto own = tracer.start("own");
    span.reset();
    EXPECT_EQ(weft::current_span().context(), own.context());
  }).join();
}

TEST(CurrentSpan, ClosedOnAnotherThreadIsCountedAsMisuse) {
  Recorded recorded;
  auto span = std::make_unique<Box>("moved");
  std::thread([&] { span.reset(); }).join();
  EXPECT_EQ(recorded.telemetry().stats().misused, 1U);
}

TEST(CurrentSpan, ClosedOnAnotherThreadIsExportedAllTheSame) {
  Recorded recorded;
  auto span = std::make_unique<Box>("moved");
  std::thread([&] { span.reset(); }).join();
  EXPECT_EQ(recorded.span("moved").name, "moved");
}

TEST(CurrentSpan, OfASnapshotStaysTheParentAfterItEnded) {
  Recorded recorded;
  std::optional<weft::Context> snapshot;
  weft::SpanId parent;
  {
    auto span = tracer.start("parent");
    parent = span.context().span_id();
    snapshot = weft::copy_context();
  }
  snapshot->run([] { auto child = tracer.start("child"); });
  EXPECT_EQ(recorded.span("child").parent.span_id(), parent);
}

TEST(CurrentSpan, IsNoneInAnEmptyContext) {
  Recorded recorded;
  auto span = tracer.start("outer");
  weft::Context empty;
  empty.run([] { EXPECT_FALSE(weft::current_span().context().is_valid()); });
}

TEST(CurrentSpan, OfABoundFunctionIsTheOneAtBind) {
  Recorded recorded;
  auto span = tracer.start("parent");
  std::thread(weft::bind([] { auto child = tracer.start("child"); })).join();
  EXPECT_EQ(recorded.span("child").parent.span_id(), span.context().span_id());
}

TEST(CurrentSpan, OutlivesTheContextItWasOpenedInWithoutHarm) {
  Recorded recorded;
  std::unique_ptr<Box> span;
  {
    weft::Context context;
    context.run([&] { span = std::make_unique<Box>("late"); });
  }
  span.reset();
  EXPECT_EQ(recorded.span("late").name, "late");
}

TEST(DetachedSpan, IsNotCurrentUntilActivated) {
  Recorded recorded;
  auto job = tracer.start_detached("job");
  EXPECT_FALSE(weft::current_span().context().is_valid());
  {
    auto scope = job.activate();
    EXPECT_EQ(weft::current_span().context(), job.context());
  }
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(DetachedSpan, MayEndOnAnotherThread) {
  Recorded recorded;
  auto job = tracer.start_detached("job");
  std::thread([moved = std::move(job)]() mutable { moved.end(); }).join();
  EXPECT_EQ(recorded.span("job").name, "job");
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(DetachedSpan, EndsWhenItIsDestroyed) {
  Recorded recorded;
  {
    auto job = tracer.start_detached("job");
  }
  EXPECT_EQ(recorded.spans().size(), 1U);
}

TEST(DetachedSpan, EndsWhenAnotherIsMovedOntoIt) {
  Recorded recorded;
  auto job = tracer.start_detached("first");
  job = tracer.start_detached("second");
  EXPECT_EQ(recorded.span("first").name, "first");
}

}  // namespace
