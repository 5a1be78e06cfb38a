// SPDX-License-Identifier: Apache-2.0
// What is asked of spans and tracers beside their content: limits and their message, configuration
// by scope, spans that only stand for others.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/recorded.hpp"

namespace weft::testing {
namespace {

std::size_t told_of_limits(const Recorded& recorded) {
  std::size_t found = 0;
  for (const Error& error : recorded.errors()) {
    found += error.code == ErrorCode::limit_reached ? 1U : 0U;
  }
  return found;
}

TEST(Limits, AreToldOfOnceForASpan) {
  Recorded recorded({.limits = {.attribute_count = 1, .event_count = 1, .link_count = 1}});
  {
    auto span = tracer.start("cut");
    for (const char* key : {"a", "b", "c"}) {
      span.set_attribute(key, 1);
      span.add_event(key);
      span.add_link(span.context());
    }
  }
  ASSERT_EQ(told_of_limits(recorded), 1U);
  EXPECT_EQ(
      recorded.errors()[0].what,
      "limits (Options::limits, max_queue_bytes) cut the span \"cut\": 2 attributes, 2 events, "
      "2 links were dropped, besides those of events and links");
}

TEST(Limits, AreToldOfForTheAttributesOfAnEvent) {
  Recorded recorded({.limits = {.event_attribute_count = 1}});
  {
    auto span = tracer.start("cut");
    span.add_event("event", {{"a", 1}, {"b", 2}});
  }
  EXPECT_EQ(told_of_limits(recorded), 1U);
  EXPECT_EQ(recorded.span("cut").events[0].dropped_attributes_count, 1U);
}

TEST(Limits, AreToldOfForTheAttributesOfALink) {
  Recorded recorded({.limits = {.link_attribute_count = 1}});
  {
    auto span = tracer.start("cut");
    span.add_link(span.context(), {{"a", 1}, {"b", 2}});
  }
  EXPECT_EQ(told_of_limits(recorded), 1U);
}

TEST(Limits, ThatCutNothingAreNotToldOf) {
  Recorded recorded({.limits = {.attribute_count = 2}});
  {
    auto span = tracer.start("whole", {{"a", 1}});
    span.set_attribute("b", 1);
    span.set_attribute("b", 2);
  }
  EXPECT_TRUE(recorded.errors().empty());
}

TEST(Limits, OfLengthCutLinksThatASpanStartsWith) {
  Recorded recorded({.limits = {.attribute_value_length = 3}});
  {
    auto other = tracer.start("other");
    auto span = tracer.start("cut", {.links = {{other.context(), {{"text", "abcdef"}}}}});
  }
  EXPECT_EQ(recorded.span("cut").links[0].attributes[0].value, "abc");
}

TEST(Limits, OfDepthCutWhatIsNestedDeeper) {
  Recorded recorded({.limits = {.attribute_depth = 1}});
  {
    auto span = tracer.start("cut");
    span.set_attribute("deep", std::vector<std::vector<int>>{{1, 2}});
    span.set_attribute("flat", std::vector<int>{1, 2});
  }
  const SpanData data = recorded.span("cut");
  EXPECT_EQ(std::get<AttributeValue::Array>(*data.find("flat")).size(), 2U);
  const auto& deep = std::get<AttributeValue::Array>(*data.find("deep"));
  ASSERT_EQ(deep.size(), 1U);
  EXPECT_FALSE(std::holds_alternative<AttributeValue::Array>(deep[0]) &&
               !std::get<AttributeValue::Array>(deep[0]).empty());
}

TEST(Values, MayBeMapsMixedArraysAndBytes) {
  Recorded recorded;
  {
    auto span = tracer.start("complex");
    const std::byte bytes[] = {std::byte{0}, std::byte{255}};
    span.set_attribute("bytes", std::span<const std::byte>(bytes));
    span.set_attribute("map", {{"a", 1}, {"b", "two"}});
    span.set_attribute("mixed", std::vector<AttributeValue>{1, "two", 3.0, true});
  }
  const SpanData data = recorded.span("complex");
  EXPECT_EQ(std::get<AttributeValue::Bytes>(*data.find("bytes")).size(), 2U);
  EXPECT_EQ(std::get<AttributeValue::Map>(*data.find("map")).size(), 2U);
  const auto& mixed = std::get<AttributeValue::Array>(*data.find("mixed"));
  ASSERT_EQ(mixed.size(), 4U);
  EXPECT_EQ(mixed[1], "two");
  EXPECT_EQ(mixed[3], true);
}

TEST(Links, MayPointNowhereAndKeepTheirAttributes) {
  Recorded recorded;
  {
    auto span = tracer.start("linked");
    span.add_link(SpanContext(), {{"why", "no ids"}});
  }
  ASSERT_EQ(recorded.span("linked").links.size(), 1U);
  EXPECT_FALSE(recorded.span("linked").links[0].context.is_valid());
}

TEST(Status, UnsetIsIgnored) {
  Recorded recorded;
  {
    auto span = tracer.start("failed");
    span.set_status(StatusCode::error, "why");
    span.set_status(StatusCode::unset);
  }
  EXPECT_EQ(recorded.span("failed").status, (Status{StatusCode::error, "why"}));
}

TEST(Scope, HasTheAttributesAndSchemaOfItsTracer) {
  static const Tracer mine =
      make_tracer("library", "2.0", "https://example.org/schema/1.0", {{"short", true}});
  Recorded recorded;
  {
    auto span = mine.start("work");
  }
  const Scope scope = recorded.span("work").scope;
  EXPECT_EQ(scope.name, "library");
  EXPECT_EQ(scope.schema_url, "https://example.org/schema/1.0");
  ASSERT_EQ(scope.attributes.size(), 1U);
  EXPECT_EQ(scope.attributes[0].value, true);
}

TEST(Enabled, ATracerIsWhileThereIsATelemetry) {
  EXPECT_FALSE(tracer.enabled());
  {
    Recorded recorded;
    EXPECT_TRUE(tracer.enabled());
  }
  EXPECT_FALSE(tracer.enabled());
}

constexpr Tracer kNoisy{"noisy", "1.0"};

Options without_noisy() {
  return {.tracer_configurator = [](const Scope& scope) {
    return TracerConfig{.enabled = scope.name != "noisy"};
  }};
}

TEST(TracerConfigurator, TurnsATracerOffByItsScope) {
  Recorded recorded(without_noisy());
  EXPECT_FALSE(kNoisy.enabled());
  EXPECT_TRUE(tracer.enabled());
  {
    auto span = kNoisy.start("noise");
    EXPECT_FALSE(span.is_recording());
  }
  EXPECT_TRUE(recorded.spans().empty());
  EXPECT_EQ(recorded.telemetry().stats().started, 0U);
}

TEST(TracerConfigurator, LetsAChildPassToTheParentOfAnAbsentSpan) {
  Recorded recorded(without_noisy());
  {
    auto outer = tracer.start("outer");
    auto noise = kNoisy.start("noise");
    EXPECT_EQ(noise.context(), outer.context());
    auto inner = tracer.start("inner");
  }
  EXPECT_EQ(recorded.span("inner").parent.span_id(), recorded.span("outer").context.span_id());
}

TEST(TracerConfigurator, LetsARootBelowAnAbsentRootBeARoot) {
  Recorded recorded(without_noisy());
  {
    auto noise = kNoisy.start("noise");
    EXPECT_FALSE(noise.context().is_valid());
    EXPECT_EQ(request_id.get(), "");
    auto inner = tracer.start("inner");
    EXPECT_TRUE(inner.is_recording());
  }
  EXPECT_FALSE(recorded.span("inner").parent.is_valid());
}

TEST(TracerConfigurator, SendsOnTheRemoteParentOfAnAbsentSpan) {
  const std::map<std::string, std::string> in{
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  Recorded recorded(without_noisy());
  auto noise = kNoisy.start("noise", {.parent = extract(in)});
  std::map<std::string, std::string> out;
  inject(out);
  EXPECT_EQ(out["traceparent"], in.at("traceparent"));
}

TEST(TracerConfigurator, SeesTheWholeScope) {
  static const Tracer mine = make_tracer("library", "2.0", "https://example.org", {{"a", 1}});
  std::vector<Scope> seen;
  Recorded recorded({.tracer_configurator = [&](const Scope& scope) {
    seen.push_back(scope);
    return TracerConfig{};
  }});
  for (int i = 0; i < 3; ++i) auto span = mine.start("work");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].version, "2.0");
  EXPECT_EQ(seen[0].schema_url, "https://example.org");
  EXPECT_EQ(seen[0].attributes.size(), 1U);
}

TEST(TracerConfigurator, ThatThrowsIsCountedAndTurnsNothingOff) {
  Recorded recorded({.tracer_configurator = [](const Scope&) -> TracerConfig {
    throw std::runtime_error("no");
  }});
  auto span = tracer.start("work");
  EXPECT_TRUE(span.is_recording());
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 1U);
}

TEST(SpanContextAsParent, StandsForASpanThatIsNotHere) {
  Recorded recorded;
  const SpanContext elsewhere(*TraceId::from_hex("0af7651916cd43dd8448eb211c80319c"),
                              *SpanId::from_hex("b7ad6b7169203331"),
                              TraceFlags(TraceFlags::kSampled), {}, true);
  {
    auto span = tracer.start("work", {.parent = elsewhere});
    EXPECT_EQ(span.context().trace_id(), elsewhere.trace_id());
  }
  EXPECT_EQ(recorded.span("work").parent.span_id(), elsewhere.span_id());
  EXPECT_TRUE(recorded.span("work").parent.is_remote());
}

TEST(Times, OfEventsAndEndsMayBeTheUsers) {
  Recorded recorded;
  const auto at = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  {
    auto span = tracer.start_detached("timed", {.start_time = at});
    span.add_event("event", at + std::chrono::seconds(1));
    span.end(at + std::chrono::seconds(2));
  }
  const SpanData data = recorded.span("timed");
  EXPECT_EQ(data.start_time, at);
  EXPECT_EQ(data.events[0].time, at + std::chrono::seconds(1));
  EXPECT_EQ(data.end_time, at + std::chrono::seconds(2));
}

}  // namespace
}  // namespace weft::testing
