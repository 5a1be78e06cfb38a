// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "sampling/asking.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::testing {
namespace {

constexpr std::uint64_t kHalf = std::uint64_t{1} << 55U;

/// Says whom it was asked as.
class Named final : public Sampler {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  SamplingResult should_sample(const SamplingParameters&) override {
    return {SamplingDecision::record_and_sample, {}, *TraceState::from_header("by=" + name_)};
  }
  std::string description() override { return name_; }

 private:
  std::string name_;
};

SamplerPtr named(std::string name) { return std::make_shared<Named>(std::move(name)); }

SamplerPtr of_five() {
  return samplers::parent_based(named("root"), {.remote_parent_sampled = named("remote-sampled"),
                                                .remote_parent_not_sampled = named("remote-not"),
                                                .local_parent_sampled = named("local-sampled"),
                                                .local_parent_not_sampled = named("local-not")});
}

TEST(ParentBased, AsksTheDelegateOfItsParentsKind) {
  EXPECT_EQ(ask(of_five(), {}).trace_state.view(), "by=root");
  EXPECT_EQ(state_after(of_five(), {.is_sampled = true, .is_remote = true}), "by=remote-sampled");
  EXPECT_EQ(state_after(of_five(), {.is_sampled = false, .is_remote = true}), "by=remote-not");
  EXPECT_EQ(state_after(of_five(), {.is_sampled = true, .is_remote = false}), "by=local-sampled");
  EXPECT_EQ(state_after(of_five(), {.is_sampled = false, .is_remote = false}), "by=local-not");
}

TEST(ParentBased, DescribesItsFiveDelegates) {
  EXPECT_EQ(
      of_five()->description(),
      "ParentBased{root:root,remoteParentSampled:remote-sampled,remoteParentNotSampled:remote-"
      "not,localParentSampled:local-sampled,localParentNotSampled:local-not}");
}

TEST(ParentBased, HandsOnAThresholdThatAgreesWithItsRemoteParent) {
  EXPECT_EQ(state_after(samplers::parent_based(samplers::always_on()),
                        {.trace_state = "ot=th:8,a=1", .randomness = kHalf}),
            "ot=th:8,a=1");
}

TEST(ParentBased, ErasesAThresholdThatContradictsItsRemoteParent) {
  EXPECT_EQ(state_after(samplers::parent_based(samplers::always_on()),
                        {.trace_state = "ot=th:8,a=1", .randomness = kHalf - 1}),
            "a=1");
}

TEST(AlwaysRecord, RecordsWhatItsRootDrops) {
  EXPECT_EQ(ask(samplers::always_record(samplers::always_off()), {}).decision,
            SamplingDecision::record_only);
}

TEST(AlwaysRecord, ChangesNothingElse) {
  EXPECT_EQ(ask(samplers::always_record(named("root")), {}).decision,
            SamplingDecision::record_and_sample);
  EXPECT_EQ(ask(samplers::always_record(named("root")), {}).trace_state.view(), "by=root");
}

TEST(Probability, SamplesFromItsThresholdOn) {
  EXPECT_TRUE(samples(samplers::probability(0.5), {}, kHalf));
  EXPECT_FALSE(samples(samplers::probability(0.5), {}, kHalf - 1));
}

TEST(Probability, WritesItsThreshold) {
  EXPECT_EQ(ask(samplers::probability(0.5), {}, kHighest).trace_state.view(), "ot=th:8");
  EXPECT_EQ(ask(samplers::probability(1), {}, 0).trace_state.view(), "ot=th:0");
}

TEST(Probability, ErasesTheThresholdOfWhatItDrops) {
  EXPECT_EQ(state_after(samplers::probability(0.5), {.trace_state = "ot=th:8;x:y,a=1"}),
            "ot=x:y,a=1");
  EXPECT_EQ(ask(samplers::probability(0.5), {}, 0).trace_state.view(), "");
}

TEST(Probability, TakesTheRandomnessThatIsGivenAndKeepsIt) {
  const ParentOf parent{.trace_state = "ot=rv:ffffffffffffff", .randomness = 0};
  EXPECT_TRUE(samples(samplers::probability(0x1p-56), parent_of(parent)));
  EXPECT_EQ(state_after(samplers::probability(0.5), parent), "ot=th:8;rv:ffffffffffffff");
}

TEST(Probability, IgnoresTheParentsDecision) {
  EXPECT_TRUE(samples(samplers::probability(0.5),
                      parent_of({.is_sampled = false, .randomness = kHighest})));
}

TEST(Probability, OfNothingIsAlwaysOff) {
  EXPECT_EQ(samplers::probability(0)->description(), "AlwaysOffSampler");
}

TEST(Probability, IsClampedToWhat56BitsCanTell) {
  EXPECT_EQ(told_by([] {
              EXPECT_TRUE(samples(samplers::probability(1e-30), {}, kHighest));
              EXPECT_FALSE(samples(samplers::probability(1e-30), {}, kHighest - 1));
            }),
            "samplers::probability: it is below 2^-56, which 56 bits cannot tell; 2^-56 is used");
}

TEST(Probability, SaysOnceThatATracesIdsAreNotKnownToBeRandom) {
  const std::string told = told_by([] {
    const SamplerPtr sampler = samplers::probability(0.5);
    for (int i = 0; i < 3; ++i) samples(sampler, parent_of({.more_flags = 0}));
  });
  EXPECT_EQ(told.find("no random flag"), told.rfind("no random flag"));
  EXPECT_NE(told.find("no random flag"), std::string::npos);
}

TEST(Probability, IsSilentWhereTheRandomnessIsGiven) {
  EXPECT_EQ(told_by([] {
              samples(samplers::probability(0.5),
                      parent_of({.trace_state = "ot=rv:00000000000000", .more_flags = 0}));
            }),
            "");
}

TEST(Probability, SamplesItsShareOfRandomTraces) {
  std::mt19937_64 random(4);
  for (const double ratio : {0.001, 0.01, 1.0 / 3, 0.9}) {
    const SamplerPtr sampler = samplers::probability(ratio);
    int sampled = 0;
    for (int i = 0; i < 200'000; ++i) sampled += samples(sampler, {}, random() >> 8U) ? 1 : 0;
    EXPECT_NEAR(sampled, 200'000 * ratio, 5 * std::sqrt(200'000 * ratio)) << ratio;
  }
}

TEST(Probability, OfMoreSamplesASuperset) {
  const SamplerPtr less = samplers::probability(0.2);
  const SamplerPtr more = samplers::probability(0.3);
  std::mt19937_64 random(5);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t randomness = random() >> 8U;
    EXPECT_LE(samples(less, {}, randomness), samples(more, {}, randomness));
  }
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RateLimited, LetsAsManyPassInASecondAsItIsTold) {
  builtin::RateLimited five(5);
  int passed = 0;
  // The second's worth that was there, then five for each of ten seconds.
  for (std::int64_t now = kSecond; now < 11 * kSecond; now += kSecond / 1000) {
    passed += five.take(now) ? 1 : 0;
  }
  EXPECT_NEAR(passed, 5 + 50, 1);
}

TEST(RateLimited, HasASecondsWorthAfterAQuietTime) {
  builtin::RateLimited ten(10);
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += ten.take(100 * kSecond) ? 1 : 0;
  EXPECT_EQ(passed, 10);
}

TEST(RateLimited, BelowOneASecondLetsOnePassAtATime) {
  builtin::RateLimited slow(0.5);
  EXPECT_TRUE(slow.take(kSecond));
  EXPECT_FALSE(slow.take(2 * kSecond));
  EXPECT_TRUE(slow.take(3 * kSecond));
}

TEST(RateLimited, OfNothingLetsNothingPass) {
  for (const double rate : {0.0, -1.0}) EXPECT_FALSE(samples(samplers::rate_limited(rate)));
}

TEST(RateLimited, OfNoNumberSaysSo) {
  EXPECT_EQ(told_by([] { samplers::rate_limited(std::numeric_limits<double>::quiet_NaN()); }),
            "samplers::rate_limited(nan): it is no number; 1 is used");
}

TEST(RateLimited, HasOneBucketForAllThreads) {
  builtin::RateLimited limited(100);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) passed += limited.take(kSecond) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 100);
}

TEST(RateLimited, FollowsALocalParentAndSpendsNothing) {
  const SamplerPtr one = samplers::rate_limited(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(samples(one, parent_of({.is_sampled = true, .is_remote = false})));
    EXPECT_FALSE(samples(one, parent_of({.is_sampled = false, .is_remote = false})));
  }
  EXPECT_TRUE(samples(one));
  EXPECT_FALSE(samples(one));
}

TEST(RateLimited, ErasesTheThresholdThatIsNotItsOwn) {
  EXPECT_EQ(state_after(samplers::rate_limited(1), {.trace_state = "ot=th:8,a=1"}), "a=1");
}

TEST(KeepSlowAndFailed, SaysWhichOptionMakesNoSense) {
  using namespace std::chrono_literals;
  const std::string told = told_by([] {
    samplers::keep_slow_and_failed({.slow_after = -1ms, .max_traces = 0, .max_wait = 0ms});
  });
  EXPECT_NE(told.find("slow_after=\"-1 ms\" is below zero; 1000 ms is used"), std::string::npos);
  EXPECT_NE(told.find("max_traces=\"0\""), std::string::npos);
  EXPECT_NE(told.find("max_wait=\"0 ms\""), std::string::npos);
}

}  // namespace
}  // namespace weft::testing
