// SPDX-License-Identifier: Apache-2.0
// started == exported + dropped + live + spooled, and the records say the same.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

void expect_balanced(const weft::Telemetry& telemetry) {
  weft::testing::expect_exact_account(telemetry);
}

class ThrowingSampler : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters&) override {
    throw std::runtime_error("sampler");
  }
};

class RecordOnly : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters& parameters) override {
    weft::SamplingResult result;
    result.decision = weft::SamplingDecision::record_only;
    result.attributes.set("seen", parameters.attributes.size());
    return result;
  }
};

class Watching : public weft::SpanProcessor {
 public:
  void on_start(weft::Span& span, const weft::Context&) override {
    span.set_attribute("started by", "processor");
  }
  void on_ending(weft::Span& span) override { span.set_attribute("ending", true); }
  void on_end(const weft::SpanView& span) override { ended.push_back(span.data()); }
  std::vector<weft::SpanData> ended;
};

TEST(Account, CountsAnOpenSpanAsLive) {
  Recorded recorded;
  auto span = tracer.start("open");
  EXPECT_EQ(recorded.telemetry().stats().live, 1U);
  EXPECT_EQ(recorded.telemetry().audit().open, 1U);
  expect_balanced(recorded.telemetry());
}

TEST(Account, CountsAnAcknowledgedSpanAsExported) {
  Recorded recorded;
  {
    auto span = tracer.start("done");
  }
  recorded.telemetry().force_flush();
  EXPECT_EQ(recorded.telemetry().stats().exported, 1U);
  expect_balanced(recorded.telemetry());
}

TEST(Account, CountsASpanThatIsOpenAtShutdownAsDropped) {
  Recorded recorded;
  auto span = tracer.start("open");
  recorded.telemetry().shutdown();
  const weft::Stats stats = recorded.telemetry().stats();
  EXPECT_EQ(stats.dropped.shutdown, 1U);
  EXPECT_EQ(stats.live, 0U);
}

TEST(Account, CountsCallsAfterShutdownAsMisuse) {
  Recorded recorded;
  auto span = tracer.start("open");
  recorded.telemetry().shutdown();
  span.set_attribute("late", 1);
  EXPECT_EQ(recorded.telemetry().stats().misused, 1U);
}

TEST(Account, TreatsASpanOfAnEarlierInitAsGone) {
  std::optional<Recorded> first(std::in_place);
  auto span = tracer.start("old");
  first.reset();
  Recorded second;
  auto fresh = tracer.start("fresh");
  span.set_attribute("late", 1);
  span.end();
  fresh.end();
  EXPECT_EQ(second.spans().size(), 1U);
  EXPECT_EQ(second.span("fresh").find("late"), nullptr);
}

TEST(Account, CountsRecordOnlySpansAsNotKept) {
  Recorded recorded({.sampler = std::make_shared<RecordOnly>()});
  {
    auto span = tracer.start("seen", {{"a", 1}});
  }
  EXPECT_TRUE(recorded.spans().empty());
  EXPECT_EQ(recorded.telemetry().stats().dropped.not_kept, 1U);
  expect_balanced(recorded.telemetry());
}

TEST(Account, DropsASpanWhoseSamplerThrowsAndSaysSo) {
  Recorded recorded({.sampler = std::make_shared<ThrowingSampler>()});
  auto span = tracer.start("any");
  EXPECT_FALSE(span.is_recording());
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_EQ(recorded.errors()[0].code, weft::ErrorCode::user_callback);
}

TEST(Account, StaysBalancedOverAThousandSpans) {
  Recorded recorded({.batch = {.max_queue_size = 64, .max_export_batch_size = 16}});
  for (int i = 0; i < 1000; ++i) auto span = tracer.start("many");
  recorded.telemetry().force_flush();
  EXPECT_EQ(recorded.telemetry().stats().started, 1000U);
  expect_balanced(recorded.telemetry());
}

struct Failing final : weft::SpanExporter {
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::failure;
  }
};

TEST(Account, OfManyFailuresIsToldAFewTimes) {
  auto told = std::make_shared<std::atomic<int>>(0);
  auto telemetry = weft::init({.exporters = {std::make_shared<Failing>()},
                               .batch = {.max_export_batch_size = 1},
                               .on_error = [told](const weft::Error&) { ++*told; }});
  for (int i = 0; i < 500; ++i) auto span = tracer.start("refused");
  telemetry.force_flush();
  EXPECT_GT(telemetry.stats().exporters.at(0).batches, 100U);
  EXPECT_LE(*told, 20);
  weft::testing::end_with_exact_account(telemetry);
}

TEST(Account, OfWhatWasDroppedIsOneLineAtShutdown) {
  std::vector<std::string> lines;
  auto telemetry = weft::init(
      {.exporters = {std::make_shared<Failing>()}, .on_error = [&](const weft::Error& error) {
         if (error.code == weft::ErrorCode::data_dropped) {
           lines.push_back(error.what);
         }
       }});
  for (int i = 0; i < 3; ++i) auto span = tracer.start("refused");
  auto open = tracer.start("open");
  weft::testing::end_with_exact_account(telemetry);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), "4 of 4 spans were not delivered: retry_exhausted 3, shutdown 1");
}

TEST(Account, OfNoDropsIsNoLineAtShutdown) {
  Recorded recorded;
  {
    auto span = tracer.start("sent");
  }
  recorded.telemetry().shutdown();
  EXPECT_TRUE(recorded.errors().empty());
}

// What it refers to may go once the shutdown has returned.
TEST(OnError, IsForgottenAtShutdown) {
  const auto held = std::make_shared<int>(0);
  auto telemetry = weft::init({.exporters = {weft::exporters::in_memory()},
                               .on_error = [held](const weft::Error&) { ++*held; }});
  telemetry.shutdown();
  telemetry = weft::Telemetry();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Sampler, ThatIsAlwaysOffRecordsNothing) {
  Recorded recorded({.sampler = weft::samplers::always_off()});
  auto span = tracer.start("any");
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_EQ(recorded.telemetry().stats().started, 0U);
}

TEST(Sampler, SeesTheAttributesOfTheStartAndAddsItsOwn) {
  auto watching = std::make_shared<Watching>();
  Recorded recorded({.sampler = std::make_shared<RecordOnly>(), .processors = {watching}});
  {
    auto span = tracer.start("seen", {{"a", 1}, {"b", 2}});
  }
  ASSERT_EQ(watching->ended.size(), 1U);
  EXPECT_EQ(*watching->ended[0].find("seen"), 2);
}

TEST(Processor, MayWriteWhenASpanStartsAndEnds) {
  auto watching = std::make_shared<Watching>();
  Recorded recorded({.processors = {watching}});
  {
    auto span = tracer.start("watched");
  }
  const weft::SpanData data = recorded.span("watched");
  EXPECT_EQ(*data.find("started by"), "processor");
  EXPECT_EQ(*data.find("ending"), true);
  EXPECT_EQ(watching->ended.size(), 1U);
}

TEST(Init, OfASecondTelemetryIsRefusedAndDoesNotStopTheFirst) {
  Recorded recorded;
  {
    weft::Telemetry second = weft::init({.service_name = "second"});
    EXPECT_FALSE(second);
  }
  {
    auto span = tracer.start("still recorded");
  }
  EXPECT_EQ(recorded.spans().size(), 1U);
}

TEST(Init, MayFollowAShutdown) {
  {
    Recorded first;
  }
  Recorded second;
  {
    auto span = tracer.start("again");
  }
  EXPECT_EQ(second.spans().size(), 1U);
}

TEST(ActiveTelemetry, IsTheOneThatLives) {
  EXPECT_FALSE(weft::active_telemetry());
  Recorded recorded;
  {
    auto span = tracer.start("any");
  }
  EXPECT_TRUE(weft::active_telemetry().force_flush());
  EXPECT_EQ(weft::active_telemetry().stats().exported, 1U);
}

TEST(Ids, OfARootAreRandomAndSaySo) {
  Recorded recorded;
  auto one = tracer.start("one", {.root = true});
  auto two = tracer.start("two", {.root = true});
  EXPECT_NE(one.context().trace_id(), two.context().trace_id());
  EXPECT_TRUE(one.context().trace_flags().random());
}

}  // namespace
