// SPDX-License-Identifier: Apache-2.0
// The rules of W3C Trace Context Level 2, as a service sees them.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include <weft/baggage.hpp>
#include <weft/span_context.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::SpanContext;
using weft::propagators::TraceContext;

const std::string kGood{kTraceparentText};
const TraceContext kPropagator;

std::string state_of(const HeaderList& headers) {
  return remote_span(headers).trace_state().to_string();
}

TEST(TraceContext, ExtractsTheRemoteSpan) {
  const SpanContext span = remote_span({{"traceparent", kGood}, {"tracestate", "a=1"}});
  EXPECT_TRUE(span.is_valid());
  EXPECT_TRUE(span.is_remote());
  EXPECT_TRUE(span.is_sampled());
  EXPECT_EQ(span.trace_id().to_hex(), kTraceIdText);
  EXPECT_EQ(span.span_id().to_hex(), kSpanIdText);
  EXPECT_EQ(span.trace_state().view(), "a=1");
}

TEST(TraceContext, TakesNoNoticeOfTheCaseOfHeaderNames) {
  for (const char* name : {"TraceParent", "TrAcEpArEnT", "TRACEPARENT"}) {
    EXPECT_TRUE(remote_span({{name, kGood}}).is_valid()) << name;
  }
  for (const char* name : {"TraceState", "TrAcEsTaTe", "TRACESTATE"}) {
    EXPECT_EQ(state_of({{"traceparent", kGood}, {name, "foo=1"}}), "foo=1") << name;
  }
}

TEST(TraceContext, TakesNoOtherHeaderNames) {
  for (const char* name : {"trace-parent", "trace.parent", "traceparen", "traceparentx", ""}) {
    EXPECT_FALSE(remote_span({{name, kGood}}).is_valid()) << name;
  }
  for (const char* name : {"trace-state", "trace.state"}) {
    EXPECT_EQ(state_of({{"traceparent", kGood}, {name, "foo=1"}}), "") << name;
  }
}

TEST(TraceContext, TrimsWhiteSpaceAroundTheTraceparent) {
  for (const std::string& value :
       {" " + kGood, "\t" + kGood, kGood + " ", kGood + "\t", "\t " + kGood + " \t"}) {
    EXPECT_TRUE(remote_span({{"traceparent", value}}).is_valid()) << value;
  }
}

TEST(TraceContext, TwoTraceparentsAreNone) {
  EXPECT_FALSE(remote_span({{"traceparent", kGood}, {"traceparent", kGood}}).is_valid());
  EXPECT_FALSE(remote_span({{"traceparent", kGood}, {"TraceParent", kGood}}).is_valid());
  EXPECT_FALSE(remote_span({{"traceparent", kGood}, {"traceparent", ""}}).is_valid());
  EXPECT_FALSE(remote_span({{"traceparent", "x"}, {"traceparent", kGood}}).is_valid());
}

TEST(TraceContext, ThreeTraceparentsAreNone) {
  EXPECT_FALSE(remote_span({{"traceparent", kGood}, {"traceparent", kGood}, {"traceparent", kGood}})
                   .is_valid());
}

TEST(TraceContext, UpperCaseHexIsNone) {
  EXPECT_FALSE(
      remote_span({{"traceparent", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"}})
          .is_valid());
}

TEST(TraceContext, ALaterVersionIsReadByItsCommonPart) {
  const std::string later = "cc" + kGood.substr(2) + "-more";
  const HeaderMap sent =
      inject_with(kPropagator, extract_with(kPropagator, HeaderList{{"traceparent", later}}));
  EXPECT_EQ(sent.at("traceparent"), kGood);
}

TEST(TraceContext, UnknownFlagsAreNotSentOn) {
  const std::string flags = kGood.substr(0, 53) + "ff";
  const HeaderMap sent =
      inject_with(kPropagator, extract_with(kPropagator, HeaderList{{"traceparent", flags}}));
  EXPECT_EQ(sent.at("traceparent"), kGood.substr(0, 53) + "03");
}

TEST(TraceContext, TheRandomFlagIsCopiedAsItIs) {
  EXPECT_TRUE(remote_span({{"traceparent", kGood.substr(0, 53) + "02"}}).trace_flags().random());
  EXPECT_FALSE(remote_span({{"traceparent", kGood}}).trace_flags().random());
}

TEST(TraceContext, ATracestateAloneIsDiscarded) {
  const Context context = extract_with(kPropagator, HeaderList{{"tracestate", "foo=1"}});
  EXPECT_FALSE(weft::span_context(context).is_valid());
  EXPECT_TRUE(inject_with(kPropagator, context).empty());
}

TEST(TraceContext, ATracestateBesideABadTraceparentIsDiscarded) {
  const Context context =
      extract_with(kPropagator, HeaderList{{"traceparent", "bad"}, {"tracestate", "foo=1"}});
  EXPECT_TRUE(inject_with(kPropagator, context).empty());
}

TEST(TraceContext, ABadTracestateLeavesTheTraceparentAlone) {
  for (const char* state :
       {"foo=bar=baz", "foo=", "@foo=1,bar=2", "FOO=1", "foo =1", "foo.bar=1"}) {
    const SpanContext span = remote_span({{"traceparent", kGood}, {"tracestate", state}});
    EXPECT_TRUE(span.is_valid()) << state;
    EXPECT_TRUE(span.trace_state().empty()) << state;
  }
}

TEST(TraceContext, SeveralTracestatesAreJoinedInOrder) {
  EXPECT_EQ(state_of({{"traceparent", kGood},
                      {"tracestate", "foo=1,bar=2"},
                      {"tracestate", "rojo=1,congo=2"},
                      {"tracestate", "baz=3"}}),
            "foo=1,bar=2,rojo=1,congo=2,baz=3");
}

TEST(TraceContext, ATracestateMayComeBeforeTheTraceparent) {
  EXPECT_EQ(state_of({{"tracestate", "foo=1"}, {"traceparent", kGood}}), "foo=1");
  EXPECT_EQ(state_of({{"tracestate", "foo=1"}, {"traceparent", kGood}, {"tracestate", "bar=2"}}),
            "foo=1,bar=2");
  EXPECT_EQ(state_of({{"tracestate", "FOO=1"}, {"traceparent", kGood}, {"tracestate", "bar=2"}}),
            "");
}

TEST(TraceContext, ATracestateBetweenTwoTraceparentsIsDiscarded) {
  const Context context = extract_with(
      kPropagator,
      HeaderList{{"traceparent", kGood}, {"tracestate", "foo=1"}, {"traceparent", kGood}});
  EXPECT_TRUE(inject_with(kPropagator, context).empty());
}

TEST(TraceContext, EmptyTracestatesAreAccepted) {
  EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", ""}}), "");
  EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", "foo=1"}, {"tracestate", ""}}),
            "foo=1");
  EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", ""}, {"tracestate", "foo=1"}}),
            "foo=1");
}

TEST(TraceContext, OneBadTracestateHeaderCostsAllOfThem) {
  EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", "a=1"}, {"tracestate", "B=2"}}), "");
  EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", "B=2"}, {"tracestate", "a=1"}}), "");
}

HeaderList with_members(int count, int per_header) {
  HeaderList headers = {{"traceparent", kGood}};
  for (int i = 0; i < count; ++i) {
    if (i % per_header == 0) headers.emplace_back("tracestate", "");
    std::string& value = headers.back().second;
    value += (value.empty() ? "" : ",") + ("k" + std::to_string(i)) + "=v";
  }
  return headers;
}

TEST(TraceContext, ThirtyTwoMembersMayComeInSeveralHeaders) {
  const SpanContext span = remote_span(with_members(32, 10));
  EXPECT_EQ(span.trace_state().get("k0"), "v");
  EXPECT_EQ(span.trace_state().get("k31"), "v");
}

TEST(TraceContext, ThirtyThreeMembersInSeveralHeadersAreNone) {
  EXPECT_TRUE(remote_span(with_members(33, 10)).trace_state().empty());
  EXPECT_TRUE(remote_span(with_members(33, 1)).trace_state().empty());
}

TEST(TraceContext, KeysOfLevel2AreAccepted) {
  for (const std::string& key : {std::string("0a"), std::string("foo@"), std::string("foo@@bar"),
                                 std::string(256, 'z'), std::string(242, 't') + "@v"}) {
    EXPECT_EQ(state_of({{"traceparent", kGood}, {"tracestate", key + "=1"}}), key + "=1");
  }
}

TEST(TraceContext, ARemoteSpanIsPassedOnUnchanged) {
  const HeaderMap headers = {{"traceparent", kGood}, {"tracestate", "rojo=1,congo=2"}};
  EXPECT_EQ(inject_with(kPropagator, extract_with(kPropagator, headers)), headers);
}

TEST(TraceContext, TheCurrentContextIsInjectedAsAnyOther) {
  const HeaderMap headers = {{"traceparent", kGood}, {"tracestate", "rojo=1,congo=2"}};
  Context context = extract_with(kPropagator, headers);
  EXPECT_EQ(context.run([] { return inject_current_with(kPropagator); }), headers);
}

TEST(TraceContext, WithoutASpanNothingIsWritten) {
  EXPECT_TRUE(inject_with(kPropagator, Context()).empty());
  EXPECT_TRUE(inject_current_with(kPropagator).empty());
}

TEST(TraceContext, ABadHeaderLeavesWhatTheContextHad) {
  Context context = extract_with(kPropagator, HeaderList{{"traceparent", kGood}});
  extract_into(context, kPropagator, HeaderList{{"traceparent", "bad"}});
  EXPECT_EQ(weft::span_context(context).trace_id().to_hex(), kTraceIdText);
}

TEST(TraceContext, AGoodHeaderReplacesTheRemoteSpanThatTheContextHad) {
  Context context =
      extract_with(kPropagator, HeaderList{{"traceparent", kGood}, {"tracestate", "a=1"}});
  const std::string other = "00-11111111111111111111111111111111-2222222222222222-00";
  extract_into(context, kPropagator, HeaderList{{"traceparent", other}});
  EXPECT_EQ(inject_with(kPropagator, context), (HeaderMap{{"traceparent", other}}));
}

TEST(TraceContext, AContextWithATracestateCanBeCopiedMovedAndReplaced) {
  const HeaderMap headers = {{"traceparent", kGood}, {"tracestate", "a=1"}};
  Context first = extract_with(kPropagator, headers);
  const Context copy = first;
  Context moved = std::move(first);
  first = extract_with(kPropagator, HeaderMap{{"traceparent", kGood}});
  EXPECT_EQ(inject_with(kPropagator, copy), headers);
  EXPECT_EQ(inject_with(kPropagator, moved), headers);
  EXPECT_EQ(inject_with(kPropagator, first), (HeaderMap{{"traceparent", kGood}}));
  moved = std::move(first);
  EXPECT_EQ(inject_with(kPropagator, moved), (HeaderMap{{"traceparent", kGood}}));
}

TEST(TraceContext, ItsFieldsAreTheHeadersThatItWrites) {
  EXPECT_EQ(kPropagator.fields(), (std::vector<std::string>{"traceparent", "tracestate"}));
}

}  // namespace
