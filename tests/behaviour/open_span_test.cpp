// SPDX-License-Identifier: Apache-2.0
// What a span holds can be read while it is open.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "support/recorded.hpp"

namespace weft::testing {
namespace {

/// Keeps what the span held when it started and when it was about to end.
class Reading : public SpanProcessor {
 public:
  void on_start(Span& span, const Context&) override { at_start = span.data(); }
  void on_ending(Span& span) override { at_ending = span.data(); }
  std::optional<SpanData> at_start, at_ending;
};

TEST(OpenSpan, IsReadableForAProcessorWhenItStarts) {
  const auto reading = std::make_shared<Reading>();
  Recorded recorded({.processors = {reading}});
  auto span = tracer.start("work", {{"a", 1}});
  ASSERT_TRUE(reading->at_start);
  EXPECT_EQ(reading->at_start->name, "work");
  EXPECT_EQ(*reading->at_start->find("a"), 1);
  EXPECT_EQ(reading->at_start->context, span.context());
}

TEST(OpenSpan, IsReadableForAProcessorJustBeforeItsEnd) {
  const auto reading = std::make_shared<Reading>();
  Recorded recorded({.processors = {reading}});
  {
    auto span = tracer.start("work");
    span.set_attribute("a", 1);
    span.add_event("noticed");
    span.set_attribute("a", 2);
  }
  ASSERT_TRUE(reading->at_ending);
  EXPECT_EQ(*reading->at_ending->find("a"), 2);
  EXPECT_EQ(reading->at_ending->attributes.size(), 1U);
  EXPECT_EQ(reading->at_ending->events.size(), 1U);
}

TEST(OpenSpan, HasItsScopeAndResourceAndNoEnd) {
  Recorded recorded;
  auto span = tracer.start("work");
  const std::optional<SpanData> data = span.data();
  ASSERT_TRUE(data);
  EXPECT_EQ(data->end_time, std::chrono::system_clock::time_point());
  EXPECT_GT(data->start_time, std::chrono::system_clock::time_point());
  EXPECT_FALSE(data->scope.name.empty());
  EXPECT_NE(data->resource.find("service.name"), nullptr);
}

TEST(OpenSpan, ThatEndedIsReadThroughItsViewAlone) {
  Recorded recorded;
  auto span = tracer.start("work");
  span.end();
  EXPECT_FALSE(span.data());
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

TEST(OpenSpan, ThatDoesNotRecordHoldsNothing) {
  Recorded recorded({.sampler = samplers::always_off()});
  auto span = tracer.start("work");
  EXPECT_FALSE(span.data());
}

TEST(OpenSpan, IsReadByAnotherThreadWhileItsOwnWrites) {
  Recorded recorded;
  auto span = tracer.start("work");
  std::atomic<bool> is_done = false;
  std::thread reader([&] {
    std::int64_t last = 0;
    while (!is_done) {
      const std::optional<SpanData> data = span.data();
      ASSERT_TRUE(data);
      const AttributeValue* value = data->find("count");
      if (value == nullptr) continue;
      EXPECT_GE(std::get<std::int64_t>(*value), last);
      last = std::get<std::int64_t>(*value);
    }
  });
  for (int i = 0; i < 1000; ++i) span.set_attribute("count", i);
  is_done = true;
  reader.join();
  EXPECT_EQ(*span.data()->find("count"), 999);
}

}  // namespace
}  // namespace weft::testing
