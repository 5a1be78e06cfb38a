// SPDX-License-Identifier: Apache-2.0
// What debug, deny, accept and defer make of the spans that are started under them.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "propagators/support.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::SamplerPtr;
using weft::SpanContext;
using weft::propagators::B3Multi;
using weft::propagators::B3Single;
using weft::testing::Recorded;
using weft::testing::tracer;

const B3Single kB3;
const std::string kIds = std::string(kTraceIdText) + "-" + std::string(kSpanIdText);

/// Says what it was told to, by way of the user's interface.
class Fixed final : public weft::Sampler {
 public:
  explicit Fixed(bool samples) : samples_(samples) {}
  weft::SamplingResult should_sample(const weft::SamplingParameters&) override {
    ++asked;
    return {.decision = samples_ ? weft::SamplingDecision::record_and_sample
                                 : weft::SamplingDecision::drop};
  }
  int asked = 0;

 private:
  bool samples_;
};

SamplerPtr on() { return weft::samplers::always_on(); }
SamplerPtr off() { return weft::samplers::always_off(); }
SamplerPtr following(SamplerPtr root) { return weft::samplers::parent_based(std::move(root)); }

struct Seen {
  SpanContext span;
  std::string sent;  // by B3, from inside the span
};

/// A span that is started under what `b3` says.
Seen start_under(const std::string& b3, SamplerPtr sampler) {
  Recorded recorded({.sampler = std::move(sampler)});
  const Context parent = extract_with(kB3, HeaderList{{"b3", b3}});
  auto span = tracer.start("request", {.parent = parent});
  return {span.context(), inject_current_with(kB3)["b3"]};
}

bool samples(const std::string& b3, SamplerPtr sampler) {
  return start_under(b3, std::move(sampler)).span.is_sampled();
}

std::string id_of(const SpanContext& span) {
  return span.trace_id().to_hex() + "-" + span.span_id().to_hex();
}

TEST(Decisions, ASamplerThatFollowsItsParentFollowsEachState) {
  EXPECT_TRUE(samples(kIds + "-1", following(off())));
  EXPECT_TRUE(samples(kIds + "-d", following(off())));
  EXPECT_FALSE(samples(kIds + "-0", following(on())));
}

TEST(Decisions, ASamplerThatFollowsItsParentFollowsADecisionWithoutIds) {
  EXPECT_TRUE(samples("1", following(off())));
  EXPECT_TRUE(samples("d", following(off())));
  EXPECT_FALSE(samples("0", following(on())));
}

TEST(Decisions, ADeferredOneIsTheRootSamplersToMake) {
  EXPECT_TRUE(samples(kIds, following(on())));
  EXPECT_FALSE(samples(kIds, following(off())));
  EXPECT_TRUE(samples(kIds, following(std::make_shared<Fixed>(true))));
  EXPECT_FALSE(samples(kIds, following(weft::samplers::trace_id_ratio(0))));
}

TEST(Decisions, DebugIsRecordedWhateverTheSampler) {
  for (const std::string& b3 : {std::string("d"), kIds + "-d"}) {
    EXPECT_TRUE(samples(b3, off())) << b3;
    EXPECT_TRUE(samples(b3, weft::samplers::trace_id_ratio(0))) << b3;
    EXPECT_TRUE(samples(b3, std::make_shared<Fixed>(false))) << b3;
  }
}

TEST(Decisions, ASamplerThatFollowsNobodyIsNotOverruledByLess) {
  EXPECT_FALSE(samples(kIds + "-1", off()));
  EXPECT_FALSE(samples("1", off()));
  EXPECT_TRUE(samples(kIds + "-0", on()));
  EXPECT_TRUE(samples("0", on()));
}

TEST(Decisions, DebugTravelsOn) {
  for (const std::string& b3 : {std::string("d"), kIds + "-d"}) {
    const Seen seen = start_under(b3, following(on()));
    EXPECT_EQ(seen.sent, id_of(seen.span) + "-d") << b3;
  }
}

TEST(Decisions, DebugTravelsOnFromChildrenAndDetachedSpans) {
  Recorded recorded;
  const Context parent = extract_with(kB3, HeaderList{{"b3", kIds + "-d"}});
  auto request = tracer.start("request", {.parent = parent});
  auto child = tracer.start("child");
  EXPECT_TRUE(child.context().trace_flags().debug());
  auto detached = tracer.start_detached("detached", {.parent = parent});
  EXPECT_TRUE(detached.context().trace_flags().debug());
}

TEST(Decisions, ASpanOfItsOwnHasAnIdOfItsOwn) {
  const Seen seen = start_under(kIds + "-1", following(on()));
  EXPECT_EQ(seen.span.trace_id().to_hex(), kTraceIdText);
  EXPECT_NE(seen.span.span_id().to_hex(), kSpanIdText);
  EXPECT_EQ(seen.sent, id_of(seen.span) + "-1");
}

TEST(Decisions, DenyAndDeferGoOnAsWhatWasDecidedHere) {
  const Seen denied = start_under("0", following(on()));
  EXPECT_EQ(denied.sent, id_of(denied.span) + "-0");
  const Seen deferred = start_under(kIds, following(on()));
  EXPECT_EQ(deferred.sent, id_of(deferred.span) + "-1");
  const Seen dropped = start_under(kIds, following(off()));
  EXPECT_EQ(dropped.sent, id_of(dropped.span) + "-0");
}

TEST(Decisions, ARootOnPurposeIsAnotherTrace) {
  Recorded recorded;
  Context context = extract_with(kB3, HeaderList{{"b3", "0"}});
  context.run([] {
    auto root = tracer.start("unrelated", {.root = true});
    EXPECT_TRUE(root.context().is_sampled());
  });
}

TEST(Decisions, EveryRootUnderADecisionFollowsIt) {
  Recorded recorded;
  Context context = extract_with(kB3, HeaderList{{"b3", "0"}});
  context.run([] {
    EXPECT_FALSE(tracer.start("first").context().is_sampled());
    EXPECT_FALSE(tracer.start("second").context().is_sampled());
  });
  EXPECT_TRUE(tracer.start("outside").context().is_sampled());
}

TEST(Decisions, WithoutInitADecisionGoesOnWithTheSpan) {
  const Context parent = extract_with(kB3, HeaderList{{"b3", "d"}});
  auto span = tracer.start("request", {.parent = parent});
  EXPECT_EQ(inject_current_with(kB3)["b3"], id_of(span.context()) + "-d");
}

TEST(Decisions, WithoutInitARemoteSpanIsForwardedAsItIs) {
  const Context parent = extract_with(kB3, HeaderList{{"b3", kIds}});
  auto span = tracer.start("request", {.parent = parent});
  EXPECT_EQ(inject_current_with(kB3)["b3"], kIds);
}

TEST(Decisions, OnlyW3CFlagsAreExported) {
  Recorded recorded;
  const Context parent = extract_with(kB3, HeaderList{{"b3", kIds + "-d"}});
  auto span = tracer.start("request", {.parent = parent});
  HeaderMap headers;
  weft::inject(headers);
  EXPECT_EQ(headers.at("traceparent").substr(53), "01");
}

}  // namespace
