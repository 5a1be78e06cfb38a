// SPDX-License-Identifier: Apache-2.0
// Whose child a span is, and what `.parent = context` lays over the current one.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;
using Headers = std::map<std::string, std::string>;

inline const weft::ContextVar<std::string> tenant{"tenant"};
inline const weft::ContextVar<int> depth{"depth", 0};

const Headers kRemote{
    {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"baggage", "user=ann"},
};

TEST(Parent, IsTheCurrentSpan) {
  Recorded recorded;
  {
    auto outer = tracer.start("outer");
    auto inner = tracer.start("inner");
    EXPECT_EQ(inner.context().trace_id(), outer.context().trace_id());
  }
  EXPECT_EQ(recorded.span("inner").parent.span_id(), recorded.span("outer").context.span_id());
}

TEST(Parent, IsNoneForARoot) {
  Recorded recorded;
  {
    auto outer = tracer.start("outer");
    auto root = tracer.start("root", {.root = true});
    EXPECT_NE(root.context().trace_id(), outer.context().trace_id());
  }
  EXPECT_FALSE(recorded.span("root").parent.is_valid());
}

TEST(Parent, OfAnEmptyContextMakesARoot) {
  Recorded recorded;
  {
    auto outer = tracer.start("outer");
    auto root = tracer.start("root", {.parent = weft::Context()});
  }
  EXPECT_FALSE(recorded.span("root").parent.is_valid());
}

TEST(Parent, FromHeadersIsRemote) {
  Recorded recorded;
  {
    auto span = tracer.start("served", {.parent = weft::extract(kRemote)});
  }
  const weft::SpanData data = recorded.span("served");
  EXPECT_EQ(data.parent.span_id().to_hex(), "b7ad6b7169203331");
  EXPECT_EQ(data.context.trace_id().to_hex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_TRUE(data.parent.is_remote());
}

TEST(Parent, MayBeASpanContext) {
  Recorded recorded;
  const weft::SpanContext parent = weft::span_context(weft::extract(kRemote));
  {
    auto span = tracer.start("served", {.parent = parent});
  }
  EXPECT_EQ(recorded.span("served").parent.span_id(), parent.span_id());
}

TEST(Parent, LaysItsVariablesOverTheCurrentOnes) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { tenant.set("acme"); });
  auto span = tracer.start("served", {.parent = parent});
  EXPECT_EQ(tenant.get(), "acme");
}

TEST(Parent, TakesItsVariablesAwayAtTheEnd) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { tenant.set("acme"); });
  auto before = tenant.scoped("own");
  {
    auto span = tracer.start("served", {.parent = parent});
  }
  EXPECT_EQ(tenant.get(), "own");
}

TEST(Parent, LeavesVariablesAloneThatItDoesNotName) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { tenant.set("acme"); });
  {
    auto span = tracer.start("served", {.parent = parent});
    depth.set(5);
  }
  EXPECT_EQ(depth.get(), 5);
}

TEST(Parent, KeepsTheCurrentContextsIdentity) {
  Recorded recorded;
  weft::Context parent;
  parent.run([] { tenant.set("acme"); });
  auto token = depth.set(1);
  auto span = tracer.start("served", {.parent = parent});
  EXPECT_NO_THROW(depth.reset(token));
}

TEST(Parent, BringsItsBaggage) {
  Recorded recorded;
  auto span = tracer.start("served", {.parent = weft::extract(kRemote)});
  EXPECT_EQ(weft::baggage::get("user"), "ann");
}

TEST(Parent, OfADetachedSpanBringsOnlyTheSpan) {
  Recorded recorded;
  auto job = tracer.start_detached("job", {.parent = weft::extract(kRemote)});
  EXPECT_EQ(weft::baggage::get("user"), std::nullopt);
  EXPECT_EQ(job.context().trace_id().to_hex(), "0af7651916cd43dd8448eb211c80319c");
}

TEST(Parent, ThatWasNotSampledMakesAnUnsampledChild) {
  Recorded recorded;
  Headers headers = kRemote;
  headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  auto span = tracer.start("served", {.parent = weft::extract(headers)});
  EXPECT_FALSE(span.is_recording());
  EXPECT_FALSE(span.context().is_sampled());
  EXPECT_NE(span.context().span_id().to_hex(), "b7ad6b7169203331");
}

TEST(Inject, CarriesTheCurrentSpan) {
  Recorded recorded;
  auto span = tracer.start("client");
  Headers headers;
  weft::inject(headers);
  EXPECT_EQ(headers["traceparent"], "00-" + span.context().trace_id().to_hex() + "-" +
                                        span.context().span_id().to_hex() + "-03");
}

TEST(Inject, WritesNothingWhenThereIsNoSpan) {
  Headers headers;
  weft::inject(headers);
  EXPECT_TRUE(headers.empty());
}

TEST(Inject, ForwardsARemoteSpanUnchanged) {
  Headers headers;
  weft::inject(headers, weft::extract(kRemote));
  EXPECT_EQ(headers.at("traceparent"), kRemote.at("traceparent"));
}

TEST(WithoutInit, ASpanHasValidIds) {
  auto span = tracer.start("not recorded");
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_FALSE(span.is_recording());
}

TEST(WithoutInit, ARemoteTraceGoesOnUnbroken) {
  auto span = tracer.start("not recorded", {.parent = weft::extract(kRemote)});
  Headers headers;
  weft::inject(headers);
  EXPECT_EQ(headers.at("traceparent"), kRemote.at("traceparent"));
}

TEST(WithoutInit, TheRequestIdIsThatOfTheRemoteTrace) {
  auto span = tracer.start("not recorded", {.parent = weft::extract(kRemote)});
  EXPECT_EQ(weft::request_id.get(), "0af7651916cd43dd8448eb211c80319c");
}

}  // namespace
