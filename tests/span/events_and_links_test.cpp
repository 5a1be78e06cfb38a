// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using weft::Attribute;
using weft::AttributeValue;
using weft::testing::Recording;
using List = std::vector<Attribute>;

detail::PoolLimits with(const weft::SpanLimits& limits) {
  detail::PoolLimits pool = weft::testing::small_pool();
  pool.span = limits;
  return pool;
}

TEST(Events, AreKeptInOrder) {
  const Recording recording;
  recording.put_event("first");
  recording.put_event("second");
  const auto events = recording.data().events;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].name + events[1].name, "firstsecond");
}

TEST(Events, HaveTheirTime) {
  const Recording recording;
  recording.put_event("event");
  EXPECT_EQ(recording.data().events.at(0).time.time_since_epoch(), std::chrono::nanoseconds(5));
}

TEST(Events, HaveAttributes) {
  const Recording recording;
  recording.put_event("event", {{"a", 1}, {"b", "two"}});
  EXPECT_EQ(recording.data().events.at(0).attributes, (List{{"a", 1}, {"b", "two"}}));
}

TEST(Events, FindAnAttribute) {
  const Recording recording;
  recording.put_event("event", {{"a", 1}});
  const weft::SpanData data = recording.data();
  ASSERT_NE(data.events.at(0).find("a"), nullptr);
  EXPECT_EQ(*data.events.at(0).find("a"), 1);
}

TEST(Events, MayHaveAttributesThatWereEncodedApart) {
  const Recording recording;
  detail::put_event(recording.pool(), recording.record(), "event", 5,
                    weft::Attributes{{"a", 1}, {"b", AttributeValue::Array{true}}});
  EXPECT_EQ(recording.data().events.at(0).attributes,
            (List{{"a", 1}, {"b", AttributeValue::Array{true}}}));
}

TEST(Events, KeepTheLastValueOfAKey) {
  const Recording recording;
  recording.put_event("event", {{"a", 1}, {"b", 2}, {"a", 3}});
  const auto event = recording.data().events.at(0);
  EXPECT_EQ(*event.find("a"), 3);
  EXPECT_EQ(event.attributes.size(), 2U);
}

TEST(Events, BeyondTheirLimitAreCounted) {
  const Recording recording(with({.event_count = 2}));
  for (int i = 0; i < 5; ++i) recording.put_event("event");
  EXPECT_EQ(recording.data().events.size() * 10 + recording.data().dropped_events_count, 23U);
}

TEST(Events, BeyondTheirAttributeLimitCountInTheEvent) {
  const Recording recording(with({.event_attribute_count = 1}));
  recording.put_event("event", {{"a", 1}, {"b", 2}, {"c", 3}});
  const auto event = recording.data().events.at(0);
  EXPECT_EQ(event.attributes, (List{{"a", 1}}));
  EXPECT_EQ(event.dropped_attributes_count, 2U);
}

TEST(Events, BeyondTheirAttributeLimitTheFirstKeyIsKeptWithItsLastValue) {
  const Recording recording(with({.event_attribute_count = 1}));
  recording.put_event("event", {{"a", 1}, {"b", 2}, {"a", 3}});
  const auto event = recording.data().events.at(0);
  EXPECT_EQ(event.attributes, (List{{"a", 3}}));
  EXPECT_EQ(event.dropped_attributes_count, 1U);
}

TEST(Events, OverTheirAttributeLimitEncodedApartCountInTheEvent) {
  const Recording recording(with({.event_attribute_count = 1}));
  detail::put_event(recording.pool(), recording.record(), "event", 5,
                    weft::Attributes{{"a", 1}, {"b", 2}});
  const auto event = recording.data().events.at(0);
  EXPECT_EQ(event.attributes.size() * 10 + event.dropped_attributes_count, 11U);
}

TEST(Events, WithAnEmptyKeyDropThatAttribute) {
  const Recording recording;
  recording.put_event("event", {{"", 1}, {"a", 2}});
  const auto event = recording.data().events.at(0);
  EXPECT_EQ(event.attributes, (List{{"a", 2}}));
  EXPECT_EQ(event.dropped_attributes_count, 1U);
}

TEST(Events, HaveTheirValuesCut) {
  const Recording recording(with({.attribute_value_length = 2}));
  recording.put_event("event", {{"a", "abc"}});
  EXPECT_EQ(recording.data().events.at(0).attributes, (List{{"a", "ab"}}));
}

TEST(Events, WithoutRoomAreCounted) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put_event("event", {{"a", std::string(10'000, 'x')}});
  EXPECT_EQ(recording.data().events.size() * 10 + recording.data().dropped_events_count, 1U);
}

TEST(Events, HaveTheirNamesRepaired) {
  const Recording recording;
  recording.put_event("\xFF");
  EXPECT_EQ(recording.data().events.at(0).name, "\xEF\xBF\xBD");
}

TEST(Links, KeepTheContext) {
  const Recording recording;
  const weft::SpanContext context = weft::testing::identity_of(7).context;
  recording.put_link(context);
  EXPECT_EQ(recording.data().links.at(0).context, context);
}

TEST(Links, KeepFlagsRemotenessAndTraceState) {
  const Recording recording;
  const weft::SpanContext ids = weft::testing::identity_of(7).context;
  const weft::SpanContext context(ids.trace_id(), ids.span_id(), weft::TraceFlags(3),
                                  weft::TraceState().set("k", "v"), true);
  recording.put_link(context);
  EXPECT_EQ(recording.data().links.at(0).context, context);
}

TEST(Links, HaveAttributes) {
  const Recording recording;
  recording.put_link(weft::testing::identity_of(7).context, {{"a", 1}});
  EXPECT_EQ(recording.data().links.at(0).attributes, (List{{"a", 1}}));
}

TEST(Links, BeyondTheirLimitAreCounted) {
  const Recording recording(with({.link_count = 1}));
  for (std::uint8_t i = 1; i < 4; ++i) recording.put_link(weft::testing::identity_of(i).context);
  EXPECT_EQ(recording.data().links.size() * 10 + recording.data().dropped_links_count, 12U);
}

TEST(Links, BeyondTheirAttributeLimitCountInTheLink) {
  const Recording recording(with({.link_attribute_count = 1}));
  recording.put_link(weft::testing::identity_of(7).context, {{"a", 1}, {"b", 2}});
  const auto link = recording.data().links.at(0);
  EXPECT_EQ(link.attributes.size() * 10 + link.dropped_attributes_count, 11U);
}

TEST(Links, WithoutRoomAreCounted) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put_link(weft::testing::identity_of(7).context, {{"a", std::string(10'000, 'x')}});
  EXPECT_EQ(recording.data().links.size() * 10 + recording.data().dropped_links_count, 1U);
}

TEST(UserCode, IsNeededForRangesAlone) {
  const std::vector<int> range = {1};
  EXPECT_TRUE(detail::needs_user_code(range));
  EXPECT_FALSE(detail::needs_user_code("text"));
  EXPECT_FALSE(detail::needs_user_code(weft::AttributeValue(AttributeValue::Array{1})));
}

TEST(UserCode, IsNeededForARangeWithinAList) {
  const std::vector<int> range = {1};
  EXPECT_TRUE(detail::needs_user_code({{"a", 1}, {"b", {{"c", range}}}}));
}

}  // namespace
