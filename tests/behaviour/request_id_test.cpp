// SPDX-License-Identifier: Apache-2.0
// The request id follows the current span.
#include <gtest/gtest.h>

#include <memory>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

struct Box {
  explicit Box(std::string_view name) : span(tracer.start(name)) {}
  weft::Span span;
};

TEST(RequestId, IsEmptyWhenNoSpanIsOpen) { EXPECT_EQ(weft::request_id.get(), ""); }

TEST(RequestId, IsTheTraceIdOfTheOpenSpan) {
  Recorded recorded;
  auto span = tracer.start("request");
  EXPECT_EQ(weft::request_id.get(), span.context().trace_id().to_hex());
}

TEST(RequestId, IsEmptyAgainAfterTheScope) {
  Recorded recorded;
  {
    auto span = tracer.start("request");
  }
  EXPECT_EQ(weft::request_id.get(), "");
}

TEST(RequestId, IsUnsetAgainAfterTheScope) {
  Recorded recorded;
  {
    auto span = tracer.start("request");
  }
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(RequestId, WorksWithoutInit) {
  auto span = tracer.start("request");
  EXPECT_EQ(weft::request_id.get(), span.context().trace_id().to_hex());
}

TEST(RequestId, KeepsAnUpstreamIdInsideSpans) {
  Recorded recorded;
  auto upstream = weft::request_id.scoped("upstream-7");
  auto span = tracer.start("request");
  EXPECT_EQ(weft::request_id.get(), "upstream-7");
}

TEST(RequestId, SetInsideASpanEndsWithIt) {
  Recorded recorded;
  {
    auto span = tracer.start("request");
    weft::request_id.set("inner");
    EXPECT_EQ(weft::request_id.get(), "inner");
  }
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(RequestId, SetInsideASpanGivesWayToTheOneBefore) {
  Recorded recorded;
  auto upstream = weft::request_id.scoped("before");
  {
    auto span = tracer.start("request");
    weft::request_id.set("inner");
  }
  EXPECT_EQ(weft::request_id.get(), "before");
}

TEST(RequestId, OfSpansThatCloseOutOfOrderLeavesNoDeadOne) {
  Recorded recorded;
  auto first = std::make_unique<Box>("first");
  auto second = std::make_unique<Box>("second");
  first.reset();
  EXPECT_EQ(weft::request_id.get(), second->span.context().trace_id().to_hex());
  second.reset();
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(RequestId, SetInAnOuterSpanThatClosesFirstEndsWithTheInnerOne) {
  Recorded recorded;
  auto outer = std::make_unique<Box>("outer");
  weft::request_id.set("set in outer");
  auto inner = std::make_unique<Box>("inner");
  outer.reset();
  EXPECT_EQ(weft::request_id.get(), "set in outer");
  inner.reset();
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(RequestId, IsTheOldValueOfATokenThatReplacesIt) {
  Recorded recorded;
  auto span = tracer.start("request");
  auto token = weft::request_id.set("mine");
  EXPECT_EQ(token.old_value()->view(), span.context().trace_id().to_hex());
}

TEST(RequestId, FollowsTheSpanAgainAfterAReset) {
  Recorded recorded;
  auto span = tracer.start("request");
  auto token = weft::request_id.set("mine");
  weft::request_id.reset(token);
  EXPECT_EQ(weft::request_id.get(), span.context().trace_id().to_hex());
}

TEST(RequestId, IsAnItemOfTheContextWhileASpanIsOpen) {
  Recorded recorded;
  weft::Context empty;
  const weft::Context context = empty.run([] {
    auto span = tracer.start("request");
    return weft::copy_context();
  });
  EXPECT_EQ(context.size(), 1U);
  EXPECT_TRUE(context.contains(weft::request_id));
  for (auto item : context) EXPECT_EQ(item.name(), "request_id");
}

TEST(RequestId, OfAParentContextWinsOverTheDerivedOne) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { weft::request_id.set("from headers"); });
  auto span = tracer.start("request", {.parent = parent});
  EXPECT_EQ(weft::request_id.get(), "from headers");
}

TEST(RequestId, OfAParentContextIsGoneAfterTheSpan) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { weft::request_id.set("from headers"); });
  {
    auto span = tracer.start("request", {.parent = parent});
  }
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(LogFields, NameTheRequestTheTraceAndTheSpan) {
  Recorded recorded;
  auto span = tracer.start("request");
  const weft::LogFields fields = weft::log_fields();
  EXPECT_EQ(fields.trace_id.view(), span.context().trace_id().to_hex());
  EXPECT_EQ(fields.span_id.view(), span.context().span_id().to_hex());
  EXPECT_EQ(fields.request_id.view(), span.context().trace_id().to_hex());
}

}  // namespace
