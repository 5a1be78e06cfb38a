// SPDX-License-Identifier: Apache-2.0
// What other SDKs were seen to get wrong, each by its own test.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::propagators::B3Multi;
using weft::propagators::B3Single;
using weft::propagators::TraceContext;
using weft::testing::Recorded;
using weft::testing::tracer;

const std::string kIds = std::string(kTraceIdText) + "-" + std::string(kSpanIdText);
const std::string kHead = std::string(kTraceparentText).substr(0, 53);

struct Box {
  explicit Box(std::string_view name) : span(tracer.start(name)) {}
  weft::Span span;
};

std::string baggage_sent(const std::string& value) {
  Context context;
  context.run([&value] { weft::baggage::set("k", value); });
  return inject_with(weft::propagators::Baggage(), context)["baggage"];
}

std::string baggage_taken(const std::string& header) {
  const auto entries = weft::baggage::all(weft::extract(HeaderMap{{"baggage", header}}));
  return entries.size() == 1 ? entries[0].value : "(none)";
}

TEST(Trap1, B3SampledIsNeverTheDigitOfTheFlags) {
  for (const auto& [flags, sampled] : {std::pair("03", "1"), std::pair("02", "0")}) {
    const Context context = extract_with(TraceContext(), HeaderMap{{"traceparent", kHead + flags}});
    HeaderMap sent = inject_with(B3Multi(), context);
    EXPECT_EQ(sent["x-b3-sampled"], sampled);
    EXPECT_EQ(weft::span_context(extract_with(B3Multi(), sent)).is_sampled(), flags[1] == '3');
    EXPECT_EQ(inject_with(B3Single(), context)["b3"], kIds + "-" + sampled);
  }
}

TEST(Trap2, B3DenyAloneIsNotLost) {
  Recorded recorded;
  const Context denied = extract_with(B3Single(), HeaderMap{{"b3", "0"}});
  auto span = tracer.start("request", {.parent = denied});
  EXPECT_FALSE(span.context().is_sampled());
}

TEST(Trap3, B3DebugIsSentOnAsDebug) {
  EXPECT_EQ(inject_with(B3Single(), extract_with(B3Single(), HeaderMap{{"b3", kIds + "-d"}}))["b3"],
            kIds + "-d");
  const HeaderMap flags = {{"x-b3-traceid", std::string(kTraceIdText)},
                           {"x-b3-spanid", std::string(kSpanIdText)},
                           {"x-b3-flags", "1"}};
  EXPECT_TRUE(weft::span_context(extract_with(B3Multi(), flags)).is_sampled());
  EXPECT_EQ(inject_with(B3Multi(), extract_with(B3Multi(), flags)), flags);
}

TEST(Trap4, AnUpperCaseTraceparentIsNoneAndReservedFlagsAreNotSent) {
  EXPECT_FALSE(
      remote_span({{"traceparent", "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01"}})
          .is_valid());
  const HeaderMap later = {{"traceparent", "cc" + kHead.substr(2) + "ff"}};
  EXPECT_EQ(inject_with(TraceContext(), extract_with(TraceContext(), later))["traceparent"],
            kHead + "03");
}

TEST(Trap5, BaggageKeepsSpacesPlusesAndUtf8) {
  EXPECT_EQ(baggage_sent("a b+c"), "k=a%20b+c");
  EXPECT_EQ(baggage_taken("k=a+b"), "a+b");
  EXPECT_EQ(baggage_taken("k=Am%C3%A9lie"), "Am\xC3\xA9lie");
  EXPECT_EQ(baggage_sent("Am\xC3\xA9lie"), "k=Am%C3%A9lie");
}

TEST(Trap6, AScopeClosedOnAnotherThreadIsClosedHereToo) {
  Recorded recorded;
  auto span = std::make_unique<Box>("request");
  std::thread([&] { span.reset(); }).join();
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(Trap7, ScopesClosedOutOfOrderLeaveTheOtherCurrent) {
  Recorded recorded;
  auto a = std::make_unique<Box>("a");
  auto b = std::make_unique<Box>("b");
  const weft::SpanId id = b->span.context().span_id();
  a.reset();
  EXPECT_EQ(weft::current_span().context().span_id(), id);
  b.reset();
  EXPECT_FALSE(weft::current_span().context().is_valid());
}

TEST(Trap8, AContextThatIsNotEnteredIsSeenByNobody) {
  Recorded recorded;
  Context task;
  task.run([] { weft::baggage::set("k", "v"); });
  const Context suspended = [] {
    auto span = tracer.start("task");
    return weft::copy_context();
  }();
  EXPECT_TRUE(weft::span_context(suspended).is_valid());
  EXPECT_FALSE(weft::current_span().context().is_valid());
  EXPECT_FALSE(weft::baggage::get("k"));
}

}  // namespace
