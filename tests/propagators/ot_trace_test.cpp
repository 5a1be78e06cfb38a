// SPDX-License-Identifier: Apache-2.0
// The OpenTracing basic tracers' headers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <weft/baggage.hpp>

#include "ot_trace_headers.hpp"
#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::SpanContext;
using weft::TraceFlags;
using weft::propagators::OtTrace;

const OtTrace kOt;
const std::string kTrace{kTraceIdText};
const std::string kHalf = kTrace.substr(16);
const std::string kPadded = std::string(16, '0') + kHalf;
const std::string kSpan{kSpanIdText};

HeaderList headers(const std::string& trace, const std::string& span, const std::string& sampled) {
  HeaderList list = {{"ot-tracer-traceid", trace}, {"OT-Tracer-SpanId", span}};
  if (!sampled.empty()) list.emplace_back("ot-tracer-sampled", sampled);
  return list;
}

SpanContext span_of(const HeaderList& list) { return weft::span_context(extract_with(kOt, list)); }

TEST(OtSampled, Table) {
  struct Case {
    std::string text;
    std::optional<unsigned> bits;
  };
  for (const Case& c : std::vector<Case>{{"true", TraceFlags::kSampled},
                                         {"True", TraceFlags::kSampled},
                                         {"1", TraceFlags::kSampled},
                                         {"false", 0},
                                         {"0", 0},
                                         {"", {}},
                                         {"yes", {}},
                                         {"2", {}},
                                         {"d", {}}}) {
    const auto flags = weft::ot_trace::read_sampled(c.text);
    ASSERT_EQ(flags.has_value(), c.bits.has_value()) << c.text;
    EXPECT_EQ(flags.value_or(TraceFlags()).bits(), c.bits.value_or(0)) << c.text;
  }
}

TEST(OtTrace, ExtractsARemoteSpan) {
  const SpanContext span = span_of(headers(kHalf, kSpan, "true"));
  EXPECT_TRUE(span.is_remote());
  EXPECT_TRUE(span.is_sampled());
  EXPECT_EQ(span.trace_id().to_hex(), kPadded);
  EXPECT_EQ(span.span_id().to_hex(), kSpan);
}

TEST(OtTrace, TakesIdsOfAnyLength) {
  EXPECT_EQ(span_of(headers(kTrace, kSpan, "true")).trace_id().to_hex(), kTrace);
  EXPECT_EQ(span_of(headers("1", "2", "true")).span_id().to_hex(), "0000000000000002");
}

TEST(OtTrace, WithoutAStateItIsDeferred) {
  EXPECT_TRUE(span_of(headers(kHalf, kSpan, "")).trace_flags().deferred());
}

TEST(OtTrace, OneDamagedHeaderCostsThemAll) {
  for (const HeaderList& list :
       {headers("", kSpan, "true"), headers(kHalf, "", "true"), headers("0", kSpan, "true"),
        headers(kHalf, "0", "true"), headers("x", kSpan, "true"),
        headers(kTrace + "0", kSpan, "true"), headers(kHalf, kSpan + "0", "true"),
        headers("ABCD", kSpan, "true"), headers(kHalf, kSpan, "maybe")}) {
    EXPECT_FALSE(span_of(list).is_valid()) << list[0].second << ' ' << list[1].second;
  }
}

TEST(OtTrace, SendsTheRightHalfOfTheTraceId) {
  for (const char* sampled : {"true", "false"}) {
    const Context context = extract_with(kOt, headers(kTrace, kSpan, sampled));
    const HeaderMap expected = {
        {"ot-tracer-traceid", kHalf}, {"ot-tracer-spanid", kSpan}, {"ot-tracer-sampled", sampled}};
    EXPECT_EQ(inject_with(kOt, context), expected);
    EXPECT_EQ(Context(context).run([] { return inject_current_with(kOt); }), expected);
  }
}

TEST(OtTrace, ForwardsADeferredDecisionAsSuch) {
  EXPECT_EQ(inject_with(kOt, extract_with(kOt, headers(kHalf, kSpan, ""))),
            (HeaderMap{{"ot-tracer-traceid", kHalf}, {"ot-tracer-spanid", kSpan}}));
}

TEST(OtTrace, ATraceIdWhoseRightHalfIsZeroCannotBeSent) {
  const std::string left = "0af7651916cd43dd" + std::string(16, '0');
  EXPECT_TRUE(inject_with(kOt, extract_with(kOt, headers(left, kSpan, "true"))).empty());
}

TEST(OtTrace, CarriesBaggagePlain) {
  const Context context = extract_with(kOt, HeaderList{{"ot-baggage-k", "a b%"}});
  EXPECT_EQ(inject_with(kOt, context), (HeaderMap{{"ot-baggage-k", "a b%"}}));
}

TEST(OtTrace, FieldsAreWhatInjectWrites) {
  EXPECT_EQ(kOt.fields(), (std::vector<std::string>{"ot-tracer-traceid", "ot-tracer-spanid",
                                                    "ot-tracer-sampled"}));
}

}  // namespace
