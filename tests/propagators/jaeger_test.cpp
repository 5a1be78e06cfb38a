// SPDX-License-Identifier: Apache-2.0
// Jaeger's format: one table for each production, then what a service sees.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <weft/baggage.hpp>

#include "hex_digits.hpp"
#include "jaeger_header.hpp"
#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::SpanContext;
using weft::TraceFlags;
using weft::propagators::Jaeger;
using Entries = std::vector<weft::baggage::Entry>;

const Jaeger kJaeger;
const std::string kTrace{kTraceIdText};
const std::string kSpan{kSpanIdText};
const std::string kIds = kTrace + ":" + kSpan;

Context extracted(const HeaderList& headers) { return extract_with(kJaeger, headers); }
SpanContext span_of(const std::string& value) {
  return weft::span_context(extracted({{"uber-trace-id", value}}));
}

TEST(PaddedId, Table) {
  const auto hex = [](std::string_view text) {
    const auto id = weft::propagators::read_padded_id<weft::SpanId>(text);
    return id ? id->to_hex() : "";
  };
  EXPECT_EQ(hex("1"), "0000000000000001");
  EXPECT_EQ(hex("abc"), "0000000000000abc");
  EXPECT_EQ(hex(kSpan), kSpan);
  for (const std::string& bad :
       {std::string(), std::string("0"), std::string("00"), std::string(16, '0'), kSpan + "0",
        std::string("A"), std::string("g"), std::string("-1"), std::string(" 1"),
        std::string("0x1")}) {
    EXPECT_EQ(hex(bad), "") << bad;
  }
}

TEST(JaegerFlags, Table) {
  struct Case {
    std::string text;
    std::optional<unsigned> bits;
  };
  constexpr unsigned kSampled = TraceFlags::kSampled;
  constexpr unsigned kDebug = TraceFlags::kSampled | TraceFlags::kDebug;
  const std::vector<Case> table = {
      {"0", 0},       {"00", 0},  {"1", kSampled}, {"01", kSampled}, {"3", kDebug}, {"03", kDebug},
      {"2", 0},       {"02", 0},  {"8", 0},        {"9", kSampled},  {"b", kDebug}, {"0b", kDebug},
      {"ff", kDebug}, {"f0", 0},  {"B", kDebug},   {"0B", kDebug},   {"F0", 0},     {"fF", kDebug},
      {"", {}},       {"g", {}},  {"1g", {}},      {"001", {}},      {"-1", {}},    {"+1", {}},
      {" 1", {}},     {"1 ", {}}, {"x1", {}},      {"0x1", {}},      {"0x", {}},
  };
  for (const Case& c : table) {
    const auto flags = weft::jaeger::read_flags(c.text);
    ASSERT_EQ(flags.has_value(), c.bits.has_value()) << c.text;
    EXPECT_EQ(flags.value_or(TraceFlags()).bits(), c.bits.value_or(0)) << c.text;
  }
}

TEST(JaegerField, Table) {
  struct Case {
    std::string text;
    std::optional<std::string> field;
    std::string rest;
  };
  const std::vector<Case> table = {
      {"a:b", "a", "b"},   {":b", "", "b"},      {"a:", "a", ""}, {"a:b:c", "a", "b:c"},
      {"a%3Ab", "a", "b"}, {"a%3ab", "a", "b"},  {"a", {}, "a"},  {"", {}, ""},
      {"a%3", {}, "a%3"},  {"a%3B", {}, "a%3B"},
  };
  for (const Case& c : table) {
    std::string_view rest = c.text;
    const auto field = weft::jaeger::next_field(rest);
    EXPECT_EQ(field, c.field) << c.text;
    EXPECT_EQ(rest, c.rest) << c.text;
  }
}

TEST(UberTraceId, TableOfGoodOnes) {
  struct Case {
    std::string text;
    std::string trace;
    std::string span;
    bool sampled;
  };
  const std::string low = "000000000000000000000000000000a1";
  const std::vector<Case> table = {
      {kIds + ":0:1", kTrace, kSpan, true},
      {kIds + ":0:0", kTrace, kSpan, false},
      {kIds + ":0:01", kTrace, kSpan, true},
      {kIds + ":" + kSpan + ":1", kTrace, kSpan, true},
      {kIds + "::1", kTrace, kSpan, true},
      {kIds + ":not an id:1", kTrace, kSpan, true},
      {"a1:b2:0:1", low, "00000000000000b2", true},
      {"64fe8b2a57d3eff7:1:0:1", "000000000000000064fe8b2a57d3eff7", "0000000000000001", true},
      {kTrace + "%3A" + kSpan + "%3A0%3A1", kTrace, kSpan, true},
  };
  for (const Case& c : table) {
    const auto span = weft::jaeger::read_uber_trace_id(c.text);
    ASSERT_TRUE(span) << c.text;
    EXPECT_EQ(span->trace_id().to_hex(), c.trace) << c.text;
    EXPECT_EQ(span->span_id().to_hex(), c.span) << c.text;
    EXPECT_EQ(span->is_sampled(), c.sampled) << c.text;
  }
}

TEST(UberTraceId, TableOfBadOnes) {
  const std::vector<std::string> table = {
      "",
      ":::",
      "garbage",
      kTrace,
      kIds,
      kIds + ":0",
      kIds + ":0:",
      kIds + ":0:x",
      kIds + ":0:1:",
      kIds + ":0:1:1",
      kIds + ":0:111",
      kIds + ":0:-1",
      "0:" + kSpan + ":0:1",
      kTrace + ":0:0:1",
      std::string(32, '0') + ":" + kSpan + ":0:1",
      kTrace + "0:" + kSpan + ":0:1",
      kTrace + ":" + kSpan + "0:0:1",
      ":" + kSpan + ":0:1",
      kTrace + "::0:1",
      "0AF7651916CD43DD8448EB211C80319C:" + kSpan + ":0:1",
      kTrace + "-" + kSpan + "-0-1",
      kIds + ":0:1" + std::string(1, '\0'),
  };
  for (const std::string& text : table) {
    EXPECT_FALSE(weft::jaeger::read_uber_trace_id(text)) << text;
  }
}

TEST(Jaeger, ExtractsARemoteSpan) {
  const SpanContext span = span_of(kIds + ":0:1");
  EXPECT_TRUE(span.is_remote());
  EXPECT_TRUE(span.is_sampled());
  EXPECT_FALSE(span.trace_flags().debug());
  EXPECT_EQ(span.trace_id().to_hex(), kTrace);
}

TEST(Jaeger, ForwardsEveryStateWithIdsInFull) {
  for (const char* flags : {"0", "1", "3"}) {
    EXPECT_EQ(inject_with(kJaeger, extracted({{"Uber-Trace-Id", kIds + ":0:" + flags}})),
              (HeaderMap{{"uber-trace-id", kIds + ":0:" + flags}}));
  }
  EXPECT_EQ(
      inject_with(kJaeger, extracted({{"uber-trace-id", " a:b:c:b\t"}})),
      (HeaderMap{{"uber-trace-id", std::string(31, '0') + "a:" + std::string(15, '0') + "b:0:3"}}));
}

TEST(Jaeger, ForwardsTheCurrentContext) {
  Context context = extracted({{"uber-trace-id", kIds + ":0:3"}, {"uberctx-k", "v"}});
  context.run([] {
    EXPECT_EQ(inject_current_with(kJaeger),
              (HeaderMap{{"uber-trace-id", kIds + ":0:3"}, {"uberctx-k", "v"}}));
  });
}

TEST(Jaeger, WritesNothingWithoutASpanOrBaggage) {
  EXPECT_TRUE(inject_with(kJaeger, Context()).empty());
  EXPECT_TRUE(inject_current_with(kJaeger).empty());
}

TEST(Jaeger, TheFirstOfARepeatedHeaderCounts) {
  EXPECT_TRUE(weft::span_context(
                  extracted({{"uber-trace-id", kIds + ":0:1"}, {"uber-trace-id", kIds + ":0:0"}}))
                  .is_sampled());
}

TEST(Jaeger, BadInputLeavesTheContextAlone) {
  Context context = extracted({{"uber-trace-id", kIds + ":0:1"}, {"uberctx-k", "v"}});
  extract_into(context, kJaeger, HeaderList{{"uber-trace-id", "bad"}, {"uberctx-k", "%4"}});
  EXPECT_TRUE(weft::span_context(context).is_sampled());
  EXPECT_EQ(weft::baggage::all(context), (Entries{{"k", "v"}}));
}

TEST(Jaeger, BaggageTravelsByItself) {
  const Context context = extracted({{"UberCtx-User-Id", "42"}, {"x-other", "no"}});
  EXPECT_EQ(weft::baggage::all(context), (Entries{{"user-id", "42"}}));
  EXPECT_EQ(inject_with(kJaeger, context), (HeaderMap{{"uberctx-user-id", "42"}}));
}

TEST(Jaeger, BaggageJoinsWhatAnotherPropagatorFound) {
  Context context =
      extract_with(weft::propagators::Baggage(), HeaderList{{"baggage", "a=1;m,b=2"}});
  extract_into(context, kJaeger, HeaderList{{"uberctx-b", "3"}, {"uberctx-c", "4"}});
  EXPECT_EQ(weft::baggage::all(context), (Entries{{"a", "1", "m"}, {"b", "3"}, {"c", "4"}}));
}

TEST(Jaeger, FieldsAreWhatInjectWrites) {
  EXPECT_EQ(kJaeger.fields(), (std::vector<std::string>{"uber-trace-id"}));
}

}  // namespace
