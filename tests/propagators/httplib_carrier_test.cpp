// SPDX-License-Identifier: Apache-2.0
// cpp-httplib's headers: a multimap whose order takes no notice of case.
#include <gtest/gtest.h>
#include <httplib.h>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;

const std::string kGood{kTraceparentText};

TEST(HttplibHeaders, CarryAContextThereAndBack) {
  httplib::Headers headers;
  weft::inject(headers, weft::extract(HeaderMap{{"traceparent", kGood}, {"tracestate", "a=1"}}));
  const weft::SpanContext span = weft::span_context(weft::extract(headers));
  EXPECT_EQ(span.trace_id().to_hex(), kTraceIdText);
  EXPECT_EQ(span.trace_state().view(), "a=1");
}

TEST(HttplibHeaders, HaveEveryHeaderOfThatNameReplaced) {
  httplib::Headers headers = {
      {"Traceparent", "stale"}, {"traceparent", "stale"}, {"TRACEPARENT", "stale"}, {"Host", "h"}};
  weft::inject(headers, weft::extract(HeaderMap{{"traceparent", kGood}}));
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.find("traceparent")->second, kGood);
}

TEST(HttplibHeaders, WithTwoTraceparentsHaveNone) {
  const httplib::Headers headers = {{"Traceparent", kGood}, {"traceparent", kGood}};
  EXPECT_FALSE(weft::span_context(weft::extract(headers)).is_valid());
}

}  // namespace
