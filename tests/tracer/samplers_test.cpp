// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/detail/context_access.hpp>
#include <weft/sampler.hpp>
#include <weft/span_context.hpp>

#include <clocale>
#include <limits>
#include <random>

#include "platform/error_reporter.hpp"
#include "tracer/builtin_samplers.hpp"

namespace {

using weft::Context;
using weft::SamplerPtr;
using weft::SamplingDecision;
using weft::SamplingParameters;
using weft::SamplingResult;
using weft::SpanContext;
using weft::SpanId;
using weft::TraceFlags;
using weft::TraceId;
using weft::TraceState;
namespace samplers = weft::samplers;

const TraceId kTraceId = *TraceId::from_hex("0af7651916cd43dd8448eb211c80319c");
const SpanId kSpanId = *SpanId::from_hex("b7ad6b7169203331");

Context parent(bool is_sampled, bool is_remote, TraceState state = {}) {
  Context context;
  const TraceFlags flags(is_sampled ? TraceFlags::kSampled : std::uint8_t{0});
  weft::detail::set_remote_span(context,
                                SpanContext(kTraceId, kSpanId, flags, std::move(state), is_remote));
  return context;
}

SamplingResult ask(weft::Sampler& sampler, const Context& parent, TraceId trace_id = kTraceId) {
  const weft::Attributes attributes;
  return sampler.should_sample({.parent = parent,
                                .trace_id = trace_id,
                                .name = "name",
                                .kind = weft::SpanKind::internal,
                                .attributes = attributes,
                                .links = {}});
}

bool samples(const SamplerPtr& sampler, const Context& parent = {}, TraceId trace_id = kTraceId) {
  return ask(*sampler, parent, trace_id).decision == SamplingDecision::record_and_sample;
}

TraceId with_right_half(std::uint64_t right) {
  TraceId::Bytes bytes{1};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[15 - i] = static_cast<std::uint8_t>(right >> (8 * i));
  }
  return TraceId(bytes);
}

TEST(AlwaysOn, SamplesEverything) {
  EXPECT_TRUE(samples(samplers::always_on()));
  EXPECT_TRUE(samples(samplers::always_on(), parent(false, true)));
}

TEST(AlwaysOff, DropsEverything) {
  EXPECT_FALSE(samples(samplers::always_off()));
  EXPECT_FALSE(samples(samplers::always_off(), parent(true, true)));
}

TEST(Samplers, HandOnTheParentsTraceState) {
  const Context context = parent(true, true, *TraceState::from_header("a=1,b=2"));
  for (const SamplerPtr& sampler :
       {samplers::always_on(), samplers::always_off(), samplers::trace_id_ratio(0.5),
        samplers::parent_based(samplers::always_off())}) {
    EXPECT_EQ(ask(*sampler, context).trace_state.view(), "a=1,b=2") << sampler->description();
  }
}

TEST(Samplers, DescribeThemselvesAsTheSpecificationSays) {
  EXPECT_EQ(samplers::always_on()->description(), "AlwaysOnSampler");
  EXPECT_EQ(samplers::always_off()->description(), "AlwaysOffSampler");
  EXPECT_EQ(samplers::trace_id_ratio(0.0001)->description(), "TraceIdRatioBased{0.000100}");
  EXPECT_EQ(samplers::parent_based(samplers::trace_id_ratio(0.5))->description(),
            "ParentBased{root:TraceIdRatioBased{0.500000},remoteParentSampled:AlwaysOnSampler,"
            "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler,"
            "localParentNotSampled:AlwaysOffSampler}");
}

TEST(Samplers, DescribeRatiosWithAPointInAnyLocale) {
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  }
  EXPECT_EQ(samplers::trace_id_ratio(0.25)->description(), "TraceIdRatioBased{0.250000}");
  std::setlocale(LC_ALL, "C");
}

// The line that the SDKs for Go and Python draw: right half / 2^64 < ratio.
TEST(TraceIdRatio, ComparesTheRightHalfOfTheTraceId) {
  const SamplerPtr half = samplers::trace_id_ratio(0.5);
  EXPECT_TRUE(samples(half, {}, with_right_half(0)));
  EXPECT_TRUE(samples(half, {}, with_right_half(0x7fff'ffff'ffff'ffff)));
  EXPECT_FALSE(samples(half, {}, with_right_half(0x8000'0000'0000'0000)));
  EXPECT_FALSE(samples(half, {}, with_right_half(0xffff'ffff'ffff'ffff)));
}

TEST(TraceIdRatio, OfOneSamplesEverything) {
  EXPECT_TRUE(samples(samplers::trace_id_ratio(1), {}, with_right_half(UINT64_MAX)));
}

TEST(TraceIdRatio, OfZeroDropsEverything) {
  EXPECT_FALSE(samples(samplers::trace_id_ratio(0), {}, with_right_half(0)));
}

TEST(TraceIdRatio, SamplesItsShareOfRandomTraces) {
  const SamplerPtr tenth = samplers::trace_id_ratio(0.1);
  std::mt19937_64 random(1);
  int sampled = 0;
  for (int i = 0; i < 100'000; ++i)
    sampled += samples(tenth, {}, with_right_half(random())) ? 1 : 0;
  EXPECT_NEAR(sampled, 10'000, 500);
}

TEST(TraceIdRatio, OfMoreSamplesASuperset) {
  const SamplerPtr less = samplers::trace_id_ratio(0.2);
  const SamplerPtr more = samplers::trace_id_ratio(0.3);
  std::mt19937_64 random(2);
  int only_less = 0;
  for (int i = 0; i < 10'000; ++i) {
    const TraceId trace_id = with_right_half(random());
    only_less += samples(less, {}, trace_id) && !samples(more, {}, trace_id) ? 1 : 0;
  }
  EXPECT_EQ(only_less, 0);
}

TEST(TraceIdRatio, DoesNotLookAtTheParent) {
  const TraceId low = with_right_half(0);
  EXPECT_TRUE(samples(samplers::trace_id_ratio(0.5), parent(false, true), low));
}

TEST(TraceIdRatio, DecidesByItsThresholdAlone) {
  const weft::builtin::TraceIdRatio half(0.5);
  EXPECT_EQ(half.threshold(), std::uint64_t{1} << 62U);
  EXPECT_TRUE(weft::builtin::TraceIdRatio::samples(with_right_half(1), half.threshold()));
}

TEST(ParentBased, AsksItsRootWhenThereIsNoParent) {
  EXPECT_TRUE(samples(samplers::parent_based(samplers::always_on())));
  EXPECT_FALSE(samples(samplers::parent_based(samplers::always_off())));
}

TEST(ParentBased, FollowsTheParentsFlag) {
  for (const bool is_remote : {false, true}) {
    EXPECT_TRUE(samples(samplers::parent_based(samplers::always_off()), parent(true, is_remote)));
    EXPECT_FALSE(samples(samplers::parent_based(samplers::always_on()), parent(false, is_remote)));
  }
}

TEST(ParentBased, GivesItsRoot) {
  const SamplerPtr root = samplers::always_off();
  EXPECT_EQ(weft::builtin::ParentBased(root).root(), root);
}

class MySampler : public weft::Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters&) override { return {}; }
};

TEST(Sampler, IsDescribedByItsTypeByDefault) {
  EXPECT_EQ(MySampler().description(), "(anonymous namespace)::MySampler");
}

/// What is told when a sampler is made with `make`.
template <class Make>
std::string told_by(Make make) {
  std::string told;
  weft::detail::error_reporter().set_handler([&](const weft::Error& error) { told += error.what; });
  make();
  weft::detail::error_reporter().set_handler({});
  return told;
}

TEST(Samplers, SayThatARatioIsOutOfRange) {
  EXPECT_EQ(told_by([] { samplers::trace_id_ratio(1.5); }),
            "samplers::trace_id_ratio(1.500000): it is no number from 0 to 1; 1 is used");
  EXPECT_EQ(told_by([] { samplers::trace_id_ratio(-1); }),
            "samplers::trace_id_ratio(-1.000000): it is no number from 0 to 1; 0 is used");
  EXPECT_EQ(told_by([] { samplers::trace_id_ratio(std::numeric_limits<double>::quiet_NaN()); }),
            "samplers::trace_id_ratio(nan): it is no number from 0 to 1; 1 is used");
}

TEST(Samplers, ClampARatioThatIsOutOfRange) {
  told_by([] {
    EXPECT_EQ(samplers::trace_id_ratio(2)->description(), "TraceIdRatioBased{1.000000}");
    EXPECT_EQ(samplers::trace_id_ratio(-2)->description(), "TraceIdRatioBased{0.000000}");
  });
}

TEST(Samplers, TakeAlwaysOnForANullRootAndSaySo) {
  SamplerPtr sampler;
  EXPECT_EQ(told_by([&] { sampler = samplers::parent_based(nullptr); }),
            "samplers::parent_based(root): root is null; AlwaysOnSampler is used");
  EXPECT_TRUE(samples(sampler));
}

}  // namespace
