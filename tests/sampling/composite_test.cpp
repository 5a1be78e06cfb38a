// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "sampling/asking.hpp"

namespace weft::testing {
namespace {

using composables::Rule;

constexpr std::uint64_t kHalf = std::uint64_t{1} << 55U;

/// Wants what it is told to want.
class Wanting final : public ComposableSampler {
 public:
  explicit Wanting(SamplingIntent intent) : intent_(std::move(intent)) {}
  SamplingIntent sampling_intent(const ComposableParameters&) override { return intent_; }

 private:
  SamplingIntent intent_;
};

SamplerPtr composite_of(SamplingIntent intent) {
  return samplers::composite(std::make_shared<Wanting>(std::move(intent)));
}

SamplerPtr half() { return samplers::composite(composables::probability(0.5)); }

TEST(Composite, SamplesByTheThresholdThatIsWanted) {
  EXPECT_TRUE(samples(half(), {}, kHalf));
  EXPECT_FALSE(samples(half(), {}, kHalf - 1));
}

TEST(Composite, DropsWithoutAThreshold) {
  EXPECT_FALSE(samples(samplers::composite(composables::always_off()), {}, kHighest));
}

TEST(Composite, WritesAReliableThreshold) {
  EXPECT_EQ(ask(samplers::composite(composables::always_on()), {}).trace_state.view(), "ot=th:0");
}

TEST(Composite, ErasesTheThresholdOfWhatItDrops) {
  EXPECT_EQ(state_after(half(), {.trace_state = "ot=th:0;rv:00000000000000"}),
            "ot=rv:00000000000000");
}

TEST(Composite, ErasesAnUnreliableThreshold) {
  const SamplerPtr sampler = composite_of({.threshold = 0});
  EXPECT_EQ(state_after(sampler, {.trace_state = "ot=th:8,a=1"}), "a=1");
}

// Otherwise what is decided by an unreliable threshold would be the same traces again.
TEST(Composite, DrawsFreshRandomnessForAnUnreliableThreshold) {
  const SamplerPtr sampler = composite_of({.threshold = kHalf});
  int sampled = 0;
  for (int i = 0; i < 10'000; ++i) sampled += samples(sampler, {}, kHighest) ? 1 : 0;
  EXPECT_NEAR(sampled, 5'000, 300);
}

TEST(Composite, TakesARandomnessThatIsGiven) {
  EXPECT_TRUE(samples(half(), parent_of({.trace_state = "ot=rv:80000000000000"})));
  EXPECT_FALSE(
      samples(half(), parent_of({.trace_state = "ot=rv:7fffffffffffff", .randomness = kHighest})));
}

TEST(Composite, LetsADelegateChangeTheTraceState) {
  const SamplerPtr sampler = composite_of(
      {.threshold = 0,
       .adjusted_count_reliable = true,
       .trace_state = [](const TraceState& before) { return before.set("mine", "1"); }});
  EXPECT_EQ(state_after(sampler, {.trace_state = "a=1"}), "ot=th:0,mine=1,a=1");
}

TEST(Composite, ChangesTheTraceStateOfWhatItDropsToo) {
  const SamplerPtr sampler = composite_of(
      {.trace_state = [](const TraceState& before) { return before.set("mine", "1"); }});
  EXPECT_EQ(state_after(sampler, {.trace_state = "a=1"}), "mine=1,a=1");
}

TEST(Composite, AddsTheAttributesOfWhatItSamples) {
  const SamplerPtr sampler = samplers::composite(
      composables::annotating({{"rule", "mine"}}, composables::probability(0.5)));
  EXPECT_EQ(ask(sampler, {}, kHighest).attributes.find("rule"), "mine");
  EXPECT_TRUE(ask(sampler, {}, 0).attributes.empty());
}

TEST(Composite, OfNullIsOfAlwaysOnAndSaysSo) {
  SamplerPtr sampler;
  EXPECT_EQ(told_by([&] { sampler = samplers::composite(nullptr); }),
            "samplers::composite(composable): composable is null; ComposableAlwaysOn is used");
  EXPECT_TRUE(samples(sampler));
}

SamplerPtr follower() {
  return samplers::composite(composables::parent_threshold(composables::probability(0.5)));
}

TEST(ParentThreshold, AsksItsRootForARoot) {
  EXPECT_EQ(ask(follower(), {}, kHighest).trace_state.view(), "ot=th:8");
  EXPECT_FALSE(samples(follower(), {}, 0));
}

TEST(ParentThreshold, KeepsItsParentsThreshold) {
  EXPECT_EQ(state_after(follower(), {.trace_state = "ot=th:c", .randomness = kHighest}), "ot=th:c");
  EXPECT_FALSE(samples(follower(), parent_of({.trace_state = "ot=th:c", .randomness = kHalf})));
}

TEST(ParentThreshold, FollowsTheFlagWhereThereIsNoThreshold) {
  EXPECT_TRUE(samples(follower(), parent_of({.is_sampled = true})));
  EXPECT_FALSE(samples(follower(), parent_of({.is_sampled = false, .randomness = kHighest})));
}

TEST(ParentThreshold, SaysNoThresholdWhereThereWasNone) {
  EXPECT_EQ(state_after(follower(), {.trace_state = "a=1"}), "a=1");
}

TEST(RuleBased, TakesTheFirstRuleThatHolds) {
  const SamplerPtr sampler = samplers::composite(composables::rule_based(
      {{composables::name_matches("GET /health*"), composables::always_off()},
       {composables::is_kind(SpanKind::server), composables::probability(0.5)},
       {{}, composables::always_on()}}));
  EXPECT_EQ(ask(sampler, {}, kHighest, {}, "GET /healthz").decision, SamplingDecision::drop);
  EXPECT_EQ(ask(sampler, {}, kHighest, {}, "GET /", SpanKind::server).trace_state.view(),
            "ot=th:8");
  EXPECT_EQ(ask(sampler, {}, kHighest).trace_state.view(), "ot=th:0");
}

TEST(RuleBased, DropsWhereNoRuleHolds) {
  EXPECT_FALSE(samples(samplers::composite(composables::rule_based({})), {}, kHighest));
}

TEST(RuleBased, LeavesOutARuleWithoutASamplerAndSaysSo) {
  EXPECT_EQ(told_by([] { composables::rule_based({Rule{}}); }),
            "composables::rule_based: a rule has no sampler; it is left out");
}

bool holds(const composables::Predicate& predicate, const ParentOf* parent = nullptr,
           const Attributes& attributes = {}, std::string_view name = "name") {
  const SamplerPtr sampler =
      samplers::composite(composables::rule_based({{predicate, composables::always_on()}}));
  return ask(sampler, parent != nullptr ? parent_of(*parent) : Context(), 0, attributes, name)
             .decision == SamplingDecision::record_and_sample;
}

TEST(Predicates, TellRootsFromChildren) {
  const ParentOf remote{.is_remote = true};
  const ParentOf local{.is_remote = false};
  EXPECT_TRUE(holds(composables::is_root()));
  EXPECT_FALSE(holds(composables::is_root(), &remote));
  EXPECT_TRUE(holds(composables::has_remote_parent(), &remote));
  EXPECT_FALSE(holds(composables::has_remote_parent(), &local));
  EXPECT_FALSE(holds(composables::has_remote_parent()));
}

TEST(Predicates, MatchNamesByWildcards) {
  const auto matches = [](const char* pattern, std::string_view name) {
    return holds(composables::name_matches(pattern), nullptr, {}, name);
  };
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(matches("?b", "ab"));
  EXPECT_FALSE(matches("?b", "b"));
  EXPECT_FALSE(matches("a*b", "abc"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(Predicates, CompareAttributesAsText) {
  const Attributes attributes{{"text", "GET"}, {"number", 42}, {"flag", true}, {"real", 0.5}};
  EXPECT_TRUE(holds(composables::attribute_is("text", "GET"), nullptr, attributes));
  EXPECT_TRUE(holds(composables::attribute_is("number", "42"), nullptr, attributes));
  EXPECT_TRUE(holds(composables::attribute_is("flag", "true"), nullptr, attributes));
  EXPECT_FALSE(holds(composables::attribute_is("text", "POST"), nullptr, attributes));
  EXPECT_FALSE(holds(composables::attribute_is("absent", ""), nullptr, attributes));
}

TEST(Annotating, LetsItsDelegatesKeysWin) {
  const ComposablePtr inner = composables::annotating({{"a", 1}}, composables::always_on());
  const SamplerPtr sampler =
      samplers::composite(composables::annotating({{"a", 2}, {"b", 3}}, inner));
  const Attributes attributes = ask(sampler, {}).attributes;
  EXPECT_EQ(*attributes.find("a"), 1);
  EXPECT_EQ(*attributes.find("b"), 3);
}

TEST(Composables, DescribeThemselves) {
  EXPECT_EQ(
      samplers::composite(composables::parent_threshold(composables::always_on()))->description(),
      "CompositeSampler{ComposableParentThreshold{root=ComposableAlwaysOn}}");
  EXPECT_EQ(composables::annotating({}, composables::always_off())->description(),
            "ComposableAnnotating{ComposableAlwaysOff}");
  EXPECT_EQ(composables::probability(0.25)->description(), "ComposableProbability{0.250000}");
  EXPECT_EQ(composables::rule_based({{{}, composables::always_on(), "all"}})->description(),
            "ComposableRuleBased{[(all:ComposableAlwaysOn)]}");
}

}  // namespace
}  // namespace weft::testing
