// SPDX-License-Identifier: Apache-2.0
// What a tracer makes of the samplers: in place where they are built in, and the same as asking.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sampling/asking.hpp"
#include "span/sampling_threshold.hpp"
#include "support/recorded.hpp"

namespace weft::testing {
namespace {

using Headers = std::map<std::string, std::string>;

Headers headers(const char* flags, const char* state = nullptr) {
  Headers made{{"traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + std::string(flags)}};
  if (state != nullptr) made["tracestate"] = state;
  return made;
}

/// A child of those headers, as this sampler starts it.
SpanContext child(const SamplerPtr& sampler, const Headers& given) {
  Recorded recorded({.sampler = sampler});
  auto span = tracer.start("child", {.parent = extract(given)});
  return span.context();
}

TEST(Tracer, EvaluatesDelegatesOfAParent) {
  const SamplerPtr inverse = samplers::parent_based(
      samplers::always_off(), {.remote_parent_sampled = samplers::always_off(),
                               .remote_parent_not_sampled = samplers::always_on()});
  EXPECT_FALSE(child(inverse, headers("01")).is_sampled());
  EXPECT_TRUE(child(inverse, headers("00")).is_sampled());
}

TEST(Tracer, AsksADelegateOfTheLocalParent) {
  Recorded recorded({.sampler = samplers::parent_based(
                         samplers::always_on(), {.local_parent_sampled = samplers::always_off()})});
  auto outer = tracer.start("outer");
  auto inner = tracer.start("inner");
  EXPECT_FALSE(inner.context().is_sampled());
}

TEST(Tracer, ErasesAThresholdThatContradictsTheRemoteParent) {
  EXPECT_EQ(child(samplers::parent_based(samplers::always_on()), headers("01", "ot=th:fffffff,a=1"))
                .trace_state()
                .view(),
            "a=1");
}

TEST(Tracer, HandsOnARemoteParentsTraceState) {
  EXPECT_EQ(child(samplers::parent_based(samplers::always_on()), headers("01", "b=2,ot=th:0"))
                .trace_state()
                .view(),
            "b=2,ot=th:0");
}

TEST(Tracer, WritesTheThresholdOfAProbability) {
  Recorded recorded({.sampler = samplers::parent_based(samplers::probability(1))});
  {
    auto root = tracer.start("root");
    auto inner = tracer.start("inner");
    EXPECT_EQ(inner.context().trace_state().view(), "ot=th:0");
  }
  EXPECT_EQ(recorded.span("root").context.trace_state().view(), "ot=th:0");
}

TEST(Tracer, SamplesAShareOfRootsByProbability) {
  Recorded recorded({.sampler = samplers::parent_based(samplers::probability(0.25))});
  int sampled = 0;
  for (int i = 0; i < 4'000; ++i) {
    auto root = tracer.start("root");
    const bool is_high = detail::randomness_of(root.context().trace_id()) >= kHighest / 4 * 3;
    EXPECT_EQ(root.context().is_sampled(), is_high);
    sampled += root.context().is_sampled() ? 1 : 0;
  }
  EXPECT_NEAR(sampled, 1'000, 150);
}

TEST(Tracer, TakesTheRandomnessThatARemoteParentGives) {
  const SamplerPtr rare = samplers::probability(0x1p-56);
  EXPECT_TRUE(child(rare, headers("00", "ot=rv:ffffffffffffff")).is_sampled());
  EXPECT_FALSE(child(rare, headers("01", "ot=rv:fffffffffffffe")).is_sampled());
}

/// Clears the trace state and counts its calls.
class Clearing final : public Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters&) override {
    ++calls;
    return {.decision = SamplingDecision::record_and_sample};
  }
  std::atomic<int> calls{0};
};

TEST(Tracer, ClearsTheTraceStateWhereASamplerReturnsNone) {
  EXPECT_EQ(child(std::make_shared<Clearing>(), headers("01", "a=1")).trace_state().view(), "");
}

TEST(Tracer, AsksAUsersRootForRootsAlone) {
  const auto root = std::make_shared<Clearing>();
  Recorded recorded({.sampler = samplers::parent_based(root)});
  auto outer = tracer.start("outer");
  auto inner = tracer.start("inner");
  EXPECT_TRUE(inner.context().is_sampled());
  EXPECT_EQ(root->calls, 1);
}

class Throwing final : public Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters&) override { throw std::runtime_error(""); }
};

TEST(Tracer, HandsOnTheTraceStateWhereASamplerThrows) {
  EXPECT_EQ(child(std::make_shared<Throwing>(), headers("01", "a=1")).trace_state().view(), "a=1");
}

TEST(Tracer, CountsWhatASamplerThrows) {
  Recorded recorded({.sampler = std::make_shared<Throwing>()});
  for (int i = 0; i < 3; ++i) auto span = tracer.start("any");
  EXPECT_EQ(recorded.telemetry().stats().user_exceptions, 3U);
}

TEST(Tracer, SharesOneBucketOverAllThreads) {
  Recorded recorded({.sampler = samplers::rate_limited(10)});
  std::atomic<int> sampled{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        auto span = tracer.start("any");
        auto below = tracer.start("below");
        EXPECT_EQ(below.context().is_sampled(), span.context().is_sampled());
        sampled += span.context().is_sampled() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(sampled, 10);
  EXPECT_LE(sampled, 20);  // a second may pass
}

TEST(Tracer, RecordsWhatIsOnlyRecordedForProcessors) {
  Recorded recorded({.sampler = samplers::always_record(samplers::always_off())});
  {
    auto span = tracer.start("any");
    EXPECT_TRUE(span.is_recording());
    EXPECT_FALSE(span.context().is_sampled());
  }
  EXPECT_TRUE(recorded.spans().empty());
  EXPECT_EQ(recorded.telemetry().stats().dropped.not_kept, 1U);
}

TEST(Tracer, SaysThatAlwaysRecordHidesTailDecisions) {
  Recorded recorded({.sampler = samplers::always_record(samplers::keep_slow_and_failed())});
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_NE(recorded.errors()[0].what.find("Fix: keep_slow_and_failed without always_record"),
            std::string::npos);
}

TEST(ParentBased, AroundAnotherWrapsOnce) {
  EXPECT_EQ(samplers::parent_based(samplers::parent_based(samplers::always_off()))->description(),
            samplers::parent_based(samplers::always_off())->description());
}

TEST(Inject, CountsWhatTheCarrierThrows) {
  Recorded recorded({.propagators = {std::make_shared<propagators::TraceContext>()}});
  auto span = tracer.start("any");
  const auto full = [](std::string_view, std::string_view) { throw std::length_error("full"); };
  inject(full);
  EXPECT_EQ(active_telemetry().stats().user_exceptions, 1U);
}

TEST(Tracer, WarnsOnceThatARatioDecidesAboutChildren) {
  Recorded recorded({.sampler = samplers::trace_id_ratio(1)});
  for (int i = 0; i < 3; ++i) {
    auto outer = tracer.start("outer");
    auto inner = tracer.start("inner");
  }
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_NE(recorded.errors()[0].what.find("trace_id_ratio"), std::string::npos);
}

TEST(Tracer, DebugOverrulesADelegate) {
  const Headers debug{{"b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-d"}};
  Recorded recorded({.sampler = samplers::parent_based(
                         samplers::always_off(), {.remote_parent_sampled = samplers::always_off()}),
                     .propagators = {std::make_shared<propagators::B3Single>()}});
  auto span = tracer.start("any", {.parent = extract(debug)});
  EXPECT_TRUE(span.context().is_sampled());
}

}  // namespace
}  // namespace weft::testing
