// SPDX-License-Identifier: Apache-2.0
// The span of a request that is answered: its id, its events, its parent, its end.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

using Headers = std::map<std::string, std::string>;

constexpr auto kTraceId = "0af7651916cd43dd8448eb211c80319c";
constexpr auto kSpanId = "b7ad6b7169203331";

Headers with_parent() {
  return {{"traceparent", std::string("00-") + kTraceId + "-" + kSpanId + "-01"}};
}

std::string id_of(const Headers& headers) {
  auto span = weft::request_span(tracer, "checkout", headers);
  span.request_before();
  return weft::request_id.get().to_string();
}

TEST(RequestSpan, TakesTheIdThatCameIn) {
  EXPECT_EQ(id_of({{"x-request-id", "upstream-7"}}), "upstream-7");
}

TEST(RequestSpan, TakesTheIdWhateverTheHeadersCase) {
  EXPECT_EQ(id_of({{"X-Request-ID", "upstream-7"}}), "upstream-7");
}

TEST(RequestSpan, MakesAnIdWhenNoneCameIn) { EXPECT_EQ(id_of({}).size(), 32U); }

TEST(RequestSpan, MakesAnotherIdForEachRequest) { EXPECT_NE(id_of({}), id_of({})); }

TEST(RequestSpan, MakesAnotherIdForEachRequestOfATrace) {
  EXPECT_NE(id_of(with_parent()), id_of(with_parent()));
}

TEST(RequestSpan, MakesAnIdInsideAnotherRequestToo) {
  auto outer = weft::request_id.scoped("outer");
  EXPECT_NE(id_of({}), "outer");
}

TEST(RequestSpan, RefusesAnIdThatIsTooLong) {
  EXPECT_EQ(id_of({{"x-request-id", std::string(128, 'a')}}).size(), 32U);
}

TEST(RequestSpan, RefusesAnIdThatWouldForgeALogLine) {
  EXPECT_EQ(id_of({{"x-request-id", "a\nb"}}).find('\n'), std::string::npos);
}

TEST(RequestSpan, RefusesAnEmptyId) { EXPECT_EQ(id_of({{"x-request-id", ""}}).size(), 32U); }

TEST(RequestSpan, ReadsACallable) {
  auto span = weft::request_span(tracer, "checkout",
                                 [](std::string_view name) -> std::optional<std::string> {
                                   if (name == "x-request-id") return "upstream-7";
                                   return std::nullopt;
                                 });
  span.request_before();
  EXPECT_EQ(weft::request_id.get(), "upstream-7");
}

TEST(RequestSpan, SurvivesACarrierThatThrows) {
  auto span = weft::request_span(
      tracer, "checkout",
      [](std::string_view) -> std::optional<std::string_view> { throw std::runtime_error("no"); });
  span.request_before();
  EXPECT_EQ(weft::request_id.get().view().size(), 32U);
}

TEST(RequestSpan, LeavesTheIdBeforeAtItsEnd) {
  auto before = weft::request_id.scoped("before");
  (void)id_of({{"x-request-id", "upstream-7"}});
  EXPECT_EQ(weft::request_id.get(), "before");
}

TEST(RequestSpan, LeavesTheDefaultWhereNoneWasSet) {
  (void)id_of({{"x-request-id", "upstream-7"}});
  EXPECT_EQ(weft::request_id.get(), "");
  EXPECT_EQ(weft::request_id.find(), nullptr);
}

TEST(RequestSpan, LeavesTheIdBeforeWhenAnExceptionLeaves) {
  auto before = weft::request_id.scoped("before");
  try {
    auto span = weft::request_span(tracer, "checkout");
    span.request_before();
    throw std::runtime_error("out");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(weft::request_id.get(), "before");
}

TEST(RequestSpan, RecordsTheExceptionThatLeaves) {
  Recorded recorded;
  try {
    auto span = weft::request_span(tracer, "checkout");
    span.request_before();
    throw std::runtime_error("out");
  } catch (const std::runtime_error&) {
  }
  const weft::SpanData span = recorded.span("checkout");
  EXPECT_EQ(span.status.code, weft::StatusCode::error);
  ASSERT_EQ(span.events.size(), 2U);
  EXPECT_EQ(span.events[1].name, "exception");
}

TEST(RequestSpan, RecordsTheRequestAndItsId) {
  Recorded recorded;
  (void)id_of({{"x-request-id", "upstream-7"}});
  const weft::SpanData span = recorded.span("checkout");
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].name, "request");
  ASSERT_EQ(span.events[0].attributes.size(), 1U);
  EXPECT_EQ(span.events[0].attributes[0].value, weft::AttributeValue("upstream-7"));
}

TEST(RequestSpan, RecordsTheResponseAndItsMessage) {
  Recorded recorded;
  {
    weft::request_span(tracer, "checkout").response("ok");
  }
  const weft::SpanData span = recorded.span("checkout");
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].name, "response");
  ASSERT_EQ(span.events[0].attributes.size(), 1U);
  EXPECT_EQ(span.events[0].attributes[0].value, weft::AttributeValue("ok"));
}

TEST(RequestSpan, BeginsOnce) {
  Recorded recorded;
  {
    auto span = weft::request_span(tracer, "checkout");
    span.request_before();
    const weft::RequestId first = weft::request_id.get();
    span.request_before();
    EXPECT_EQ(weft::request_id.get(), first);
  }
  EXPECT_EQ(recorded.span("checkout").events.size(), 1U);
}

TEST(RequestSpan, WritesTheIdIntoTheResponsesHeaders) {
  auto span = weft::request_span(tracer, "checkout", Headers{{"x-request-id", "upstream-7"}});
  span.request_before();
  Headers response{{"X-Request-Id", "old"}};
  span.response(response);
  EXPECT_EQ(response, (Headers{{"x-request-id", "upstream-7"}}));
}

TEST(RequestSpan, WritesTheIdByACallable) {
  auto span = weft::request_span(tracer, "checkout");
  span.request_before();
  std::vector<std::pair<std::string, std::string>> written;
  span.response(
      [&](std::string_view name, std::string_view value) { written.emplace_back(name, value); });
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].first, "x-request-id");
  EXPECT_EQ(written[0].second, weft::request_id.get().view());
}

TEST(RequestSpan, IsCurrent) {
  auto span = weft::request_span(tracer, "checkout", with_parent());
  EXPECT_EQ(weft::current_span().context().span_id(), span.context().span_id());
}

TEST(RequestSpan, IsOfKindServer) {
  Recorded recorded;
  {
    auto span = weft::request_span(tracer, "checkout");
  }
  EXPECT_EQ(recorded.span("checkout").kind, weft::SpanKind::server);
}

TEST(RequestSpan, IsAChildOfWhatTheHeadersCarry) {
  Recorded recorded;
  {
    auto span = weft::request_span(tracer, "checkout", with_parent());
  }
  const weft::SpanData span = recorded.span("checkout");
  EXPECT_EQ(span.parent.span_id().to_hex(), kSpanId);
  EXPECT_TRUE(span.parent.is_remote());
}

TEST(RequestSpan, IsAChildOfTheOpenSpanOfTheSameTrace) {
  Recorded recorded;
  auto server = tracer.start("server", {.parent = weft::extract(with_parent())});
  {
    auto span = weft::request_span(tracer, "checkout", with_parent());
  }
  EXPECT_EQ(recorded.span("checkout").parent.span_id(), server.context().span_id());
}

TEST(RequestSpan, IsAChildOfTheOpenSpanWhereTheHeadersCarryNone) {
  Recorded recorded;
  auto server = tracer.start("server");
  {
    auto span = weft::request_span(tracer, "checkout", Headers{});
  }
  EXPECT_EQ(recorded.span("checkout").parent.span_id(), server.context().span_id());
}

TEST(RequestSpan, IsAChildOfTheHeadersRatherThanOfAnotherTracesSpan) {
  Recorded recorded;
  auto other = tracer.start("other");
  {
    auto span = weft::request_span(tracer, "checkout", with_parent());
  }
  EXPECT_EQ(recorded.span("checkout").parent.span_id().to_hex(), kSpanId);
}

TEST(RequestSpan, BringsTheRequestsBaggage) {
  {
    auto span = weft::request_span(tracer, "checkout", Headers{{"baggage", "customer=ann"}});
    EXPECT_EQ(weft::baggage::get("customer"), "ann");
  }
  EXPECT_EQ(weft::baggage::get("customer"), std::nullopt);
}

TEST(RequestSpan, GivesTheRequestContextItsTrace) {
  auto request = weft::RequestContext::scope();
  auto span = weft::request_span(tracer, "checkout", with_parent());
  EXPECT_EQ(weft::RequestContext::trace_id(), kTraceId);
}

TEST(RequestSpan, TakesAttributesAndStatusAsAnySpan) {
  Recorded recorded;
  {
    auto span = weft::request_span(tracer, "checkout");
    span.set_attribute("order.id", 7);
    span.set_status(weft::StatusCode::error, "declined");
  }
  const weft::SpanData span = recorded.span("checkout");
  EXPECT_EQ(span.attributes.size(), 1U);
  EXPECT_EQ(span.status.description, "declined");
}

}  // namespace
