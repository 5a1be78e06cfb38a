// SPDX-License-Identifier: Apache-2.0
// What the propagators take from the heap: nothing for what they refuse.
#include <gtest/gtest.h>

#include <string>

#include <weft/baggage.hpp>

#include "propagators/counted_new.hpp"
#include "propagators/support.hpp"

namespace {

using namespace weft_test;

const std::string kGood{kTraceparentText};

template <class F>
std::size_t counted(F&& f) {
  const std::size_t before = allocations();
  f();
  return allocations() - before;
}

std::size_t cost_of_extracting(const HeaderList& headers) {
  return counted([&] { weft::extract(headers); });
}

TEST(Allocations, RefusingCostsNone) {
  const std::string long_key(257, 'k');
  const std::vector<HeaderList> table = {
      {{"traceparent", "garbage"}},
      {{"traceparent", kGood}, {"traceparent", kGood}},
      {{"traceparent", kGood + "x"}},
      {{"tracestate", "a=1"}},
      {{"traceparent", "garbage"}, {"tracestate", "a=1"}},
      {{"traceparent", kGood}, {"tracestate", "foo=bar=baz"}},
      {{"traceparent", kGood}, {"tracestate", long_key + "=1"}},
      {{"baggage", "garbage"}},
      {{"baggage", "a b=c,=d,e=%4"}},
      {{"baggage", std::string(100'000, ',')}},
  };
  for (const HeaderList& headers : table) {
    EXPECT_EQ(cost_of_extracting(headers), 0u) << headers[0].second;
  }
}

TEST(Allocations, ATraceparentCostsNone) {
  EXPECT_EQ(cost_of_extracting({{"traceparent", kGood}, {"host", "h"}}), 0u);
}

TEST(Allocations, ATracestateCostsOne) {
  EXPECT_EQ(cost_of_extracting({{"traceparent", kGood}, {"tracestate", "rojo=1,congo=2"}}), 1u);
}

TEST(Allocations, InjectionCostsNone) {
  weft::Context context = weft::extract(
      HeaderList{{"traceparent", kGood}, {"tracestate", "a=1"}, {"baggage", "k=v w,l=m"}});
  const auto sink = [](std::string_view, std::string_view) {};
  EXPECT_EQ(counted([&] { weft::inject(sink, context); }), 0u);
  context.run([&] { EXPECT_EQ(counted([&] { weft::inject(sink); }), 0u); });
}

TEST(Allocations, B3AndJaegerSpansCostNone) {
  const std::string ids(kTraceIdText);
  const HeaderList headers = {{"b3", ids + "-b7ad6b7169203331-d"},
                              {"uber-trace-id", ids + ":b7ad6b7169203331:0:3"}};
  const auto sink = [](std::string_view, std::string_view) {};
  const weft::CarrierReader reader(headers, &weft::detail::read_headers<const HeaderList>);
  const weft::CarrierWriter writer(sink, &weft::detail::write_header<decltype(sink)>);
  for (const char* name : {"b3", "b3multi", "jaeger"}) {
    const weft::PropagatorPtr propagator = weft::propagators::make(name);
    weft::Context context;
    EXPECT_EQ(counted([&] { propagator->extract(reader, context); }), 0u) << name;
    EXPECT_TRUE(weft::span_context(context).is_valid()) << name;
    EXPECT_EQ(counted([&] { propagator->inject(context, writer); }), 0u) << name;
  }
}

TEST(Allocations, AHeaderOfTheSameNameKeepsItsMemory) {
  const weft::Context context = weft::extract(HeaderList{{"traceparent", kGood}});
  HeaderMap headers;
  weft::inject(headers, context);
  EXPECT_EQ(counted([&] { weft::inject(headers, context); }), 0u);
}

// Whichever allocation fails: each header is there whole or not at all.
TEST(Allocations, WithoutMemoryAHeaderIsReadWholeOrNotAtAll) {
  const HeaderList headers = {{"traceparent", kGood},
                              {"tracestate", "a=1"},
                              {"tracestate", "b=2"},
                              {"baggage", "k=a%20value%20that%20needs%20the%20heap;p"},
                              {"baggage", "l=w"}};
  bool is_complete = false;
  for (std::size_t good = 0; !is_complete; ++good) {
    ASSERT_LT(good, 100u);
    const weft::Context context = [&] {
      const NoMemoryAfter limit(good);
      return weft::extract(headers);
    }();
    const weft::SpanContext span = weft::span_context(context);
    EXPECT_EQ(span.trace_state().view(), span.is_valid() ? "a=1,b=2" : "") << good;
    const std::size_t entries = weft::baggage::all(context).size();
    EXPECT_TRUE(entries == 0 || entries == 2) << good;
    is_complete = span.is_valid() && entries == 2;
  }
}

}  // namespace
