// SPDX-License-Identifier: Apache-2.0
// Rules of the specification that no other test states (docs/compliance.md).
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

std::string baggage_of(const weft::Context& context, const std::string& key) {
  for (const weft::baggage::Entry& entry : weft::baggage::all(context)) {
    if (entry.key == key) return entry.value;
  }
  return "(none)";
}

std::string printed_at_init(const char* variable, const char* value) {
  setenv(variable, value, 1);
  ::testing::internal::CaptureStderr();
  {
    Recorded recorded({.service_name = "printed"});
  }
  unsetenv(variable);
  return ::testing::internal::GetCapturedStderr();
}

TEST(PrintedConfiguration, IsThereWhenAskedFor) {
  for (const char* value : {"1", "true", "TRUE"}) {
    EXPECT_NE(printed_at_init("WEFT_PRINT_CONFIG", value).find("service_name = printed (code)\n"),
              std::string::npos)
        << value;
  }
}

TEST(PrintedConfiguration, IsThereAtTheLevelDebug) {
  EXPECT_NE(printed_at_init("OTEL_LOG_LEVEL", "debug")
                .find("log_level = debug (environment: "
                      "OTEL_LOG_LEVEL)\n"),
            std::string::npos);
}

TEST(PrintedConfiguration, IsNotThereOtherwise) {
  EXPECT_EQ(printed_at_init("WEFT_PRINT_CONFIG", "0"), "");
  EXPECT_EQ(printed_at_init("OTEL_LOG_LEVEL", "info"), "");
}

class BaggageToSpan : public weft::SpanProcessor {
 public:
  void on_start(weft::Span& span, const weft::Context& parent) override {
    span.set_attribute("tenant", baggage_of(parent, "tenant"));
  }
};

TEST(Processor, SeesTheBaggageOfTheWholeParentContext) {
  Recorded recorded({.processors = {std::make_shared<BaggageToSpan>()}});
  weft::Context parent;
  parent.run([] { weft::baggage::set("tenant", "acme"); });
  {
    auto span = tracer.start("request", {.parent = parent});
  }
  EXPECT_EQ(*recorded.span("request").find("tenant"), "acme");
}

class ScopeReader : public weft::SpanProcessor {
 public:
  void on_end(const weft::SpanView& span) override { scopes.push_back(span.data().scope.name); }
  std::vector<std::string> scopes;
};

TEST(Processor, ReadsTheScopeOfAnEndedSpan) {
  auto reader = std::make_shared<ScopeReader>();
  Recorded recorded({.processors = {reader}});
  {
    auto span = tracer.start("one");
  }
  ASSERT_EQ(reader->scopes.size(), 1U);
  EXPECT_EQ(reader->scopes[0], "test");
}

class BaggageSampler : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters& parameters) override {
    weft::SamplingResult result;
    if (baggage_of(parameters.parent, "keep") == "yes") {
      result.decision = weft::SamplingDecision::record_and_sample;
      result.trace_state = parameters.trace_id.is_valid()
                               ? *weft::TraceState::from_header("vendor=chosen")
                               : weft::TraceState();
    }
    return result;
  }
};

TEST(Sampler, SeesTheBaggageOfTheWholeParentContext) {
  Recorded recorded({.sampler = std::make_shared<BaggageSampler>()});
  EXPECT_FALSE(tracer.start("without").is_recording());
  weft::Context parent;
  parent.run([] { weft::baggage::set("keep", "yes"); });
  EXPECT_TRUE(tracer.start("with", {.parent = parent}).is_recording());
}

TEST(Sampler, MayChangeTheTraceState) {
  Recorded recorded({.sampler = std::make_shared<BaggageSampler>()});
  const auto keep = weft::baggage::scoped("keep", "yes");
  auto span = tracer.start("kept");
  EXPECT_EQ(span.context().trace_state().to_string(), "vendor=chosen");
}

TEST(Sampler, ThatDropsASpanLeavesItAnIdOfItsOwn) {
  Recorded recorded({.sampler = weft::samplers::always_off()});
  auto outer = tracer.start("outer");
  auto inner = tracer.start("inner");
  EXPECT_TRUE(inner.context().span_id().is_valid());
  EXPECT_NE(inner.context().span_id(), outer.context().span_id());
  EXPECT_EQ(inner.context().trace_id(), outer.context().trace_id());
}

class Counting : public weft::IdGenerator {
 public:
  weft::TraceId trace_id() override {
    return *weft::TraceId::from_hex("0000000000000000000000000000000" + std::to_string(++traces_));
  }
  weft::SpanId span_id() override {
    return *weft::SpanId::from_hex("000000000000000" + std::to_string(++spans_));
  }
  bool random() const override { return false; }

 private:
  std::atomic<int> traces_{0};
  std::atomic<int> spans_{0};
};

TEST(IdGenerator, OfAUserMakesEveryId) {
  Recorded recorded({.id_generator = std::make_shared<Counting>()});
  auto root = tracer.start("root");
  auto child = tracer.start("child");
  EXPECT_EQ(root.context().trace_id().to_hex(), "00000000000000000000000000000001");
  EXPECT_EQ(root.context().span_id().to_hex(), "0000000000000001");
  EXPECT_EQ(child.context().span_id().to_hex(), "0000000000000002");
}

TEST(IdGenerator, ThatIsNotRandomLeavesTheFlagUnset) {
  Recorded recorded({.id_generator = std::make_shared<Counting>()});
  auto root = tracer.start("root");
  EXPECT_FALSE(root.context().trace_flags().random());
  EXPECT_TRUE(root.context().trace_flags().sampled());
}

}  // namespace
