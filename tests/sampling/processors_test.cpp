// SPDX-License-Identifier: Apache-2.0
// Processors as `init` runs them.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/recorded.hpp"

namespace weft::testing {
namespace {

const ContextVar<std::string> tenant{"tenant"};

/// Writes what it was called for into a list that several share.
class Logging : public SpanProcessor {
 public:
  using Log = std::shared_ptr<std::vector<std::string>>;
  Logging(std::string name, Log log) : name_(std::move(name)), log_(std::move(log)) {}
  void on_start(Span& span, const Context&) override {
    span.set_attribute("last", name_);
    log_->push_back(name_ + " start");
  }
  void on_ending(Span& span) override {
    span.set_attribute("ending", name_);
    log_->push_back(name_ + " ending");
  }
  void on_end(const SpanView& span) override {
    log_->push_back(name_ + " end " + std::string(span.name()));
  }
  bool shutdown(Deadline) override {
    log_->push_back(name_ + " shutdown");
    return true;
  }

 private:
  std::string name_;
  Log log_;
};

TEST(Processors, AreCalledInTheirOrder) {
  const auto log = std::make_shared<std::vector<std::string>>();
  {
    Recorded recorded(
        {.processors = {std::make_shared<Logging>("a", log), std::make_shared<Logging>("b", log)}});
    auto span = tracer.start("work");
  }
  EXPECT_EQ(*log,
            (std::vector<std::string>{"a start", "b start", "a ending", "b ending", "a end work",
                                      "b end work", "a shutdown", "b shutdown"}));
}

TEST(Processors, MayWriteAtTheStartAndJustBeforeTheEnd) {
  const auto log = std::make_shared<std::vector<std::string>>();
  Recorded recorded(
      {.processors = {std::make_shared<Logging>("a", log), std::make_shared<Logging>("b", log)}});
  {
    auto span = tracer.start("work");
  }
  EXPECT_EQ(*recorded.span("work").find("last"), "b");
  EXPECT_EQ(*recorded.span("work").find("ending"), "b");
}

/// Looks at the context that a span starts in, and at what is left of the span at its end.
class Looking : public SpanProcessor {
 public:
  void on_start(Span& span, const Context& parent) override {
    tenants.push_back(parent.get_or(tenant, "none"));
    parents.push_back(span_context(parent));
    is_recording = span.is_recording();
  }
  void on_end(const SpanView& span) override { ended.push_back(span.data()); }
  std::vector<std::string> tenants;
  std::vector<SpanContext> parents;
  std::vector<SpanData> ended;
  bool is_recording = false;
};

TEST(Processors, SeeTheWholeContextAtTheStart) {
  const auto looking = std::make_shared<Looking>();
  Recorded recorded({.processors = {looking}});
  auto scope = tenant.scoped("acme");
  auto outer = tracer.start("outer");
  auto inner = tracer.start("inner");
  EXPECT_EQ(looking->tenants, (std::vector<std::string>{"acme", "acme"}));
  EXPECT_FALSE(looking->parents[0].is_valid());
  EXPECT_EQ(looking->parents[1].span_id(), outer.context().span_id());
  EXPECT_TRUE(looking->is_recording);
}

TEST(Processors, SeeTheContextThatWasGivenAsParent) {
  const auto looking = std::make_shared<Looking>();
  Recorded recorded({.processors = {looking}});
  Context given;
  given.run([] { tenant.set("given"); });
  auto scope = tenant.scoped("current");
  auto span = tracer.start("work", {.parent = given});
  EXPECT_EQ(looking->tenants, std::vector<std::string>{"given"});
}

TEST(Processors, ReadAllOfAFinishedSpan) {
  const auto looking = std::make_shared<Looking>();
  Recorded recorded({.processors = {looking}});
  {
    auto span = tracer.start("work", {{"a", 1}});
    span.add_event("event");
    span.set_status(StatusCode::error, "why");
  }
  ASSERT_EQ(looking->ended.size(), 1U);
  const SpanData& data = looking->ended[0];
  EXPECT_EQ(*data.find("a"), 1);
  EXPECT_EQ(data.events.size(), 1U);
  EXPECT_EQ(data.status.description, "why");
  EXPECT_EQ(data.scope.name, "test");
  EXPECT_GE(data.end_time, data.start_time);
}

TEST(Processors, DoNotSeeASpanThatIsNotRecorded) {
  const auto looking = std::make_shared<Looking>();
  Recorded recorded({.sampler = samplers::always_off(), .processors = {looking}});
  {
    auto span = tracer.start("work");
  }
  EXPECT_TRUE(looking->tenants.empty());
  EXPECT_TRUE(looking->ended.empty());
}

TEST(Processors, SeeWhatIsOnlyRecordedWhichExportersDoNot) {
  const auto looking = std::make_shared<Looking>();
  const auto simple = exporters::in_memory();
  Recorded recorded({.sampler = samplers::always_record(samplers::always_off()),
                     .processors = {looking, processors::simple(simple)}});
  {
    auto span = tracer.start("work");
  }
  EXPECT_EQ(looking->ended.size(), 1U);
  EXPECT_TRUE(simple->spans().empty());
  EXPECT_TRUE(recorded.spans().empty());
}

class Throwing : public SpanProcessor {
 public:
  void on_start(Span&, const Context&) override { throw std::runtime_error("start"); }
  void on_ending(Span&) override { throw 1; }
  void on_end(const SpanView&) override { throw std::runtime_error("end"); }
  bool force_flush(Deadline) override { throw std::runtime_error("flush"); }
  bool shutdown(Deadline) override { throw std::runtime_error("shutdown"); }
};

TEST(Processors, HaveEachOfTheirExceptionsCaughtAndCounted) {
  Recorded recorded({.processors = {std::make_shared<Throwing>()}});
  {
    auto span = tracer.start("work");
  }
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 3U);
  EXPECT_FALSE(recorded.telemetry().force_flush());
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 4U);
  recorded.telemetry().shutdown();
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 5U);
}

TEST(Processors, GoOnAfterOneThatThrows) {
  const auto looking = std::make_shared<Looking>();
  Recorded recorded({.processors = {std::make_shared<Throwing>(), looking}});
  {
    auto span = tracer.start("work");
  }
  EXPECT_EQ(looking->ended.size(), 1U);
  EXPECT_EQ(recorded.spans().size(), 1U);
}

TEST(BaggageProcessor, PutsBaggageOntoSpans) {
  Recorded recorded({.processors = {processors::baggage()}});
  {
    auto user = baggage::scoped("user", "ann");
    auto plan = baggage::scoped("plan", "gold");
    auto span = tracer.start("work");
  }
  EXPECT_EQ(*recorded.span("work").find("user"), "ann");
  EXPECT_EQ(*recorded.span("work").find("plan"), "gold");
}

TEST(BaggageProcessor, TakesTheKeysThatAreWanted) {
  Recorded recorded(
      {.processors = {processors::baggage([](std::string_view key) { return key == "user"; })}});
  {
    auto user = baggage::scoped("user", "ann");
    auto card = baggage::scoped("card", "secret");
    auto span = tracer.start("work");
  }
  EXPECT_EQ(*recorded.span("work").find("user"), "ann");
  EXPECT_EQ(recorded.span("work").find("card"), nullptr);
}

TEST(BaggageProcessor, TakesTheBaggageThatCameInWithTheParent) {
  Recorded recorded({.processors = {processors::baggage()}});
  {
    auto span = tracer.start(
        "work", {.parent = extract(std::map<std::string, std::string>{{"baggage", "user=ann"}})});
  }
  EXPECT_EQ(*recorded.span("work").find("user"), "ann");
}

ProcessorPtr without_health_checks() {
  return processors::filter([](const SpanView& span) { return span.name() != "GET /health"; });
}

void make_two() {
  auto health = tracer.start("GET /health");
  health.end();
  auto order = tracer.start("GET /order");
}

TEST(FilterProcessor, LetsGoOfSpansAndCountsThem) {
  Recorded recorded({.processors = {without_health_checks()}});
  make_two();
  ASSERT_EQ(recorded.spans().size(), 1U);
  EXPECT_EQ(recorded.spans()[0].name, "GET /order");
  EXPECT_EQ(recorded.telemetry().stats().dropped.not_kept, 1U);
  EXPECT_EQ(recorded.telemetry().stats().live, 0U);
}

TEST(FilterProcessor, HidesThemFromThoseAfterIt) {
  const auto before = std::make_shared<Looking>();
  const auto after = std::make_shared<Looking>();
  Recorded recorded({.processors = {before, without_health_checks(), after}});
  make_two();
  EXPECT_EQ(before->ended.size(), 2U);
  EXPECT_EQ(after->ended.size(), 1U);
}

TEST(FilterProcessor, KeepsASpanWhoseFunctionThrows) {
  Recorded recorded({.processors = {processors::filter(
                         [](const SpanView&) -> bool { throw std::runtime_error("filter"); })}});
  make_two();
  EXPECT_EQ(recorded.spans().size(), 2U);
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 2U);
}

TEST(FilterProcessor, ComesBeforeATailDecision) {
  Recorded recorded(
      {.sampler = samplers::keep_slow_and_failed({.slow_after = std::chrono::hours(1)}),
       .processors = {without_health_checks()}});
  {
    auto health = tracer.start("GET /health");
    health.set_status(StatusCode::error);
  }
  EXPECT_TRUE(recorded.spans().empty());
}

}  // namespace
}  // namespace weft::testing
