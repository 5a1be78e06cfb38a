// SPDX-License-Identifier: Apache-2.0
// The response header server-timing.
#include <weft/propagators/server_timing.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "propagators/support.hpp"
#include "server_timing_metrics.hpp"

namespace {

using namespace weft_test;
using weft::SpanContext;
using weft::propagators::server_timing;
using weft::propagators::write_server_timing;

const std::string kMetric = "trace;desc=" + std::string(kTraceparentText);

SpanContext span() { return remote_span({{"traceparent", std::string(kTraceparentText)}}); }

TEST(ServerTimingMetric, Table) {
  struct Case {
    std::string text;
    std::string metric;
    std::string rest;
  };
  const std::vector<Case> table = {
      {"a", "a", ""},
      {"a, b", "a", " b"},
      {" a;dur=1 ,b", "a;dur=1", "b"},
      {"a;desc=\"x, y\",b", "a;desc=\"x, y\"", "b"},
      {"a;desc=\"x\\\", y\",b", "a;desc=\"x\\\", y\"", "b"},
      {"a;desc=\"open, b", "a;desc=\"open, b", ""},
      {",b", "", "b"},
      {"", "", ""},
  };
  for (const Case& c : table) {
    std::string_view rest = c.text;
    EXPECT_EQ(weft::propagators::next_metric(rest), c.metric) << c.text;
    EXPECT_EQ(rest, c.rest) << c.text;
  }
}

TEST(ServerTimingTrace, Table) {
  for (const char* text : {"trace", "trace;desc=x", "trace ; desc=x"}) {
    EXPECT_TRUE(weft::propagators::is_trace_metric(text)) << text;
  }
  for (const char* text : {"", "traces", "Trace", "db;desc=trace"}) {
    EXPECT_FALSE(weft::propagators::is_trace_metric(text)) << text;
  }
}

TEST(ServerTiming, NamesTheSpan) { EXPECT_EQ(server_timing(span()), kMetric); }

TEST(ServerTiming, GoesBehindOtherMetricsAndReplacesItself) {
  EXPECT_EQ(server_timing(span(), "db;dur=53"), "db;dur=53, " + kMetric);
  EXPECT_EQ(server_timing(span(), "trace;desc=old,db"), "db, " + kMetric);
}

TEST(ServerTiming, AnInvalidSpanChangesNothing) {
  EXPECT_EQ(server_timing(SpanContext()), "");
  EXPECT_EQ(server_timing(SpanContext(), "db"), "db");
  HeaderMap headers;
  write_server_timing(headers, SpanContext());
  write_server_timing(headers);
  EXPECT_TRUE(headers.empty());
}

TEST(ServerTiming, ReservedFlagsAreNotSent) {
  const SpanContext debug(span().trace_id(), span().span_id(), weft::TraceFlags(0xFD));
  EXPECT_EQ(server_timing(debug), kMetric);
}

TEST(ServerTiming, JoinsTheHeadersThatAreThere) {
  HeaderList headers = {{"Server-Timing", "db;dur=5"}, {"x", "y"}, {"server-timing", "cache"}};
  write_server_timing(headers, span());
  EXPECT_EQ(headers, (HeaderList{{"x", "y"}, {"server-timing", "db;dur=5, cache, " + kMetric}}));
}

TEST(ServerTiming, ACallableIsGivenOursAlone) {
  HeaderMap seen;
  write_server_timing(
      [&](std::string_view name, std::string_view value) { seen.emplace(name, value); }, span());
  EXPECT_EQ(seen, (HeaderMap{{"server-timing", kMetric}}));
}

TEST(ServerTiming, NamesTheCurrentSpan) {
  weft::Context context = weft::extract(HeaderMap{{"traceparent", std::string(kTraceparentText)}});
  HeaderMap headers;
  context.run([&] { write_server_timing(headers); });
  EXPECT_EQ(headers, (HeaderMap{{"server-timing", kMetric}}));
}

}  // namespace
