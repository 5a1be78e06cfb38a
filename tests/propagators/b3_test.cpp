// SPDX-License-Identifier: Apache-2.0
// B3 as a service sees it: what is taken, what is sent.
#include <gtest/gtest.h>

#include <string>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::SpanContext;
using weft::TraceFlags;
using weft::propagators::B3Multi;
using weft::propagators::B3Single;

const B3Single kSingle;
const B3Multi kMulti;

const std::string kTrace{kTraceIdText};
const std::string kSpan{kSpanIdText};
const std::string kIds = kTrace + "-" + kSpan;

Context extracted(const HeaderList& headers) { return extract_with(kSingle, headers); }
SpanContext span_of(const HeaderList& headers) { return weft::span_context(extracted(headers)); }

HeaderList multi(const HeaderList& more) {
  HeaderList headers = {{"X-B3-TraceId", kTrace}, {"X-B3-SpanId", kSpan}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

/// Every state, in both forms.
struct State {
  std::string name;
  HeaderMap single;
  HeaderMap multi;
};

const std::vector<State>& states() {
  static const std::vector<State> all = {
      {"accept",
       {{"b3", kIds + "-1"}},
       {{"x-b3-traceid", kTrace}, {"x-b3-spanid", kSpan}, {"x-b3-sampled", "1"}}},
      {"deny",
       {{"b3", kIds + "-0"}},
       {{"x-b3-traceid", kTrace}, {"x-b3-spanid", kSpan}, {"x-b3-sampled", "0"}}},
      {"debug",
       {{"b3", kIds + "-d"}},
       {{"x-b3-traceid", kTrace}, {"x-b3-spanid", kSpan}, {"x-b3-flags", "1"}}},
      {"defer", {{"b3", kIds}}, {{"x-b3-traceid", kTrace}, {"x-b3-spanid", kSpan}}},
      {"accept without ids", {{"b3", "1"}}, {{"x-b3-sampled", "1"}}},
      {"deny without ids", {{"b3", "0"}}, {{"x-b3-sampled", "0"}}},
      {"debug without ids", {{"b3", "d"}}, {{"x-b3-flags", "1"}}},
  };
  return all;
}

TEST(B3, EveryStateIsForwardedInEitherForm) {
  for (const State& state : states()) {
    for (const HeaderMap& in : {state.single, state.multi}) {
      EXPECT_EQ(inject_with(kSingle, extract_with(kSingle, in)), state.single) << state.name;
      EXPECT_EQ(inject_with(kSingle, extract_with(kMulti, in)), state.single) << state.name;
      EXPECT_EQ(inject_with(kMulti, extract_with(kSingle, in)), state.multi) << state.name;
      EXPECT_EQ(inject_with(kMulti, extract_with(kMulti, in)), state.multi) << state.name;
    }
  }
}

TEST(B3, TheCurrentContextIsForwardedToo) {
  for (const State& state : states()) {
    Context context = extract_with(kSingle, state.single);
    context.run([&] {
      EXPECT_EQ(inject_current_with(kSingle), state.single) << state.name;
      EXPECT_EQ(inject_current_with(kMulti), state.multi) << state.name;
    });
  }
}

TEST(B3, NoSpanWritesNothing) {
  EXPECT_TRUE(inject_with(kSingle, Context()).empty());
  EXPECT_TRUE(inject_with(kMulti, Context()).empty());
  EXPECT_TRUE(inject_current_with(kSingle).empty());
  EXPECT_TRUE(inject_current_with(kMulti).empty());
}

TEST(B3, ExtractsARemoteSpan) {
  const SpanContext span = span_of({{"b3", kIds + "-1"}});
  EXPECT_TRUE(span.is_remote());
  EXPECT_TRUE(span.is_sampled());
  EXPECT_EQ(span.trace_id().to_hex(), kTrace);
  EXPECT_EQ(span.span_id().to_hex(), kSpan);
  EXPECT_FALSE(span.trace_flags().random());
}

TEST(B3, TakesNoNoticeOfTheCaseOfHeaderNames) {
  EXPECT_TRUE(span_of({{"B3", kIds}}).is_valid());
  EXPECT_TRUE(span_of({{"X-B3-TRACEID", kTrace}, {"x-b3-spanid", kSpan}}).is_valid());
}

TEST(B3, TrimsWhiteSpace) {
  EXPECT_TRUE(span_of({{"b3", " " + kIds + "-1\t"}}).is_sampled());
  EXPECT_TRUE(span_of(multi({{"X-B3-Sampled", " 1 "}})).is_sampled());
}

TEST(B3, SixtyFourBitTraceIdsGetZeros) {
  const std::string half = kTrace.substr(16);
  const std::string padded = std::string(16, '0') + half;
  EXPECT_EQ(span_of({{"b3", half + "-" + kSpan + "-1"}}).trace_id().to_hex(), padded);
  EXPECT_EQ(span_of({{"X-B3-TraceId", half}, {"X-B3-SpanId", kSpan}}).trace_id().to_hex(), padded);
}

TEST(B3, AGoodSingleHeaderWins) {
  const SpanContext span = span_of({{"X-B3-TraceId", std::string(32, 'a')},
                                    {"X-B3-SpanId", std::string(16, 'a')},
                                    {"X-B3-Sampled", "0"},
                                    {"b3", kIds + "-1"}});
  EXPECT_EQ(span.trace_id().to_hex(), kTrace);
  EXPECT_TRUE(span.is_sampled());
}

TEST(B3, ADamagedSingleHeaderLeavesTheOthersToBeRead) {
  HeaderList headers = multi({{"X-B3-Sampled", "1"}});
  headers.emplace_back("b3", "garbage");
  EXPECT_EQ(span_of(headers).trace_id().to_hex(), kTrace);
}

TEST(B3, TheFirstOfARepeatedHeaderCounts) {
  EXPECT_TRUE(span_of({{"b3", kIds + "-1"}, {"b3", kIds + "-0"}}).is_sampled());
  EXPECT_FALSE(span_of({{"b3", "bad"}, {"b3", kIds + "-1"}}).is_valid());
  EXPECT_TRUE(span_of(multi({{"X-B3-Sampled", "1"}, {"X-B3-Sampled", "0"}})).is_sampled());
}

TEST(B3, AnEmptyHeaderIsNone) {
  EXPECT_FALSE(span_of({{"b3", ""}}).is_remote());
  EXPECT_TRUE(span_of(multi({{"b3", ""}, {"X-B3-Sampled", ""}})).trace_flags().deferred());
}

TEST(B3, DebugImpliesSampled) {
  for (const HeaderList& headers : {HeaderList{{"b3", kIds + "-d"}}, multi({{"X-B3-Flags", "1"}}),
                                    multi({{"X-B3-Flags", "1"}, {"X-B3-Sampled", "0"}}),
                                    multi({{"X-B3-Flags", "1"}, {"X-B3-Sampled", "1"}})}) {
    EXPECT_TRUE(span_of(headers).is_sampled());
    EXPECT_TRUE(span_of(headers).trace_flags().debug());
  }
}

TEST(B3, OtherFlagsThanDebugArePassedOver) {
  for (const char* flags : {"0", "2", "d", "true", "x"}) {
    const SpanContext span = span_of(multi({{"X-B3-Flags", flags}, {"X-B3-Sampled", "1"}}));
    EXPECT_TRUE(span.is_sampled()) << flags;
    EXPECT_FALSE(span.trace_flags().debug()) << flags;
  }
}

TEST(B3, OneDamagedHeaderOfSeveralCostsThemAll) {
  const std::string good = kTrace;
  for (const HeaderList& headers : std::vector<HeaderList>{
           {{"X-B3-TraceId", kTrace}},
           {{"X-B3-SpanId", kSpan}},
           {{"X-B3-TraceId", kTrace}, {"X-B3-Sampled", "0"}},
           {{"X-B3-TraceId", "x"}, {"X-B3-SpanId", kSpan}, {"X-B3-Sampled", "0"}},
           {{"X-B3-TraceId", kTrace}, {"X-B3-SpanId", std::string(16, '0')}},
           multi({{"X-B3-Sampled", "3"}}),
           multi({{"X-B3-Sampled", "2"}}),
           multi({{"X-B3-ParentSpanId", "-"}}),
           {{"X-B3-Sampled", "d"}},
       }) {
    const SpanContext span = span_of(headers);
    EXPECT_FALSE(span.is_valid() || span.is_decision()) << headers.back().first;
  }
}

TEST(B3, AParentIdIsTakenAndNeverSent) {
  const HeaderList headers =
      multi({{"X-B3-ParentSpanId", std::string(16, 'c')}, {"X-B3-Sampled", "1"}});
  EXPECT_EQ(inject_with(kMulti, extracted(headers)).count("x-b3-parentspanid"), 0u);
  EXPECT_EQ(inject_with(kSingle, extract_with(kSingle, HeaderList{{"b3", kIds + "-1-" + kSpan}})),
            (HeaderMap{{"b3", kIds + "-1"}}));
}

TEST(B3, BadInputLeavesTheContextAlone) {
  Context context = extracted({{"b3", kIds + "-1"}});
  for (const char* text : {"", "garbage", "2", "00"}) {
    extract_into(context, kSingle, HeaderList{{"b3", text}});
    EXPECT_EQ(weft::span_context(context).trace_id().to_hex(), kTrace) << text;
  }
}

TEST(B3, ADecisionNeverReplacesASpan) {
  Context context = extract_with(weft::propagators::TraceContext(),
                                 HeaderList{{"traceparent", std::string(kTraceparentText)}});
  extract_into(context, kSingle, HeaderList{{"b3", "0"}});
  EXPECT_TRUE(weft::span_context(context).is_sampled());
}

TEST(B3, AReaderThatThrowsYieldsNothing) {
  Context context;
  const auto carrier = [](std::string_view) -> std::optional<std::string_view> { throw 1; };
  EXPECT_NO_THROW(kSingle.extract(
      weft::CarrierReader(carrier, &weft::detail::read_headers<decltype(carrier)>), context));
  EXPECT_FALSE(weft::span_context(context).is_remote());
}

TEST(B3, FieldsAreWhatInjectWrites) {
  EXPECT_EQ(kSingle.fields(), (std::vector<std::string>{"b3"}));
  EXPECT_EQ(kMulti.fields(), (std::vector<std::string>{"x-b3-traceid", "x-b3-spanid",
                                                       "x-b3-sampled", "x-b3-flags"}));
}

}  // namespace
