// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::CarrierReader;
using weft::CarrierWriter;
using weft::Context;
using weft::PropagatorPtr;
using weft::propagators::Baggage;
using weft::propagators::Composite;
using weft::propagators::TraceContext;

const std::string kGood{kTraceparentText};
const HeaderMap kBoth = {{"traceparent", kGood}, {"baggage", "k=v"}};

/// Writes its name and remembers nothing; fails on extraction when told to.
class Named final : public weft::TextMapPropagator {
 public:
  explicit Named(std::string name, bool fails = false) : name_(std::move(name)), fails_(fails) {}
  void inject(const Context&, const CarrierWriter& carrier) const override {
    carrier.set("who", name_);
  }
  void extract(const CarrierReader&, Context&) const override {
    if (fails_) throw std::runtime_error(name_);
  }
  std::vector<std::string> fields() const override { return {"who", name_}; }

 private:
  std::string name_;
  bool fails_;
};

TEST(Composite, CarriesWhatEachOfThemCarries) {
  const Composite composite(std::make_shared<TraceContext>(), std::make_shared<Baggage>());
  const Context context = extract_with(composite, kBoth);
  EXPECT_EQ(inject_with(composite, context), kBoth);
}

TEST(Composite, TakesAListInBraces) {
  const weft::PropagatorPtr propagator = std::make_shared<TraceContext>();
  EXPECT_EQ(Composite({propagator}).fields(), propagator->fields());
}

TEST(Composite, CarriesTheCurrentContext) {
  const Composite composite(std::make_shared<TraceContext>(), std::make_shared<Baggage>());
  Context context = extract_with(composite, kBoth);
  EXPECT_EQ(context.run([&] { return inject_current_with(composite); }), kBoth);
}

TEST(Composite, RunsThemInOrder) {
  const Composite composite(
      std::vector<PropagatorPtr>{std::make_shared<Named>("a"), std::make_shared<Named>("b")});
  EXPECT_EQ(inject_with(composite, Context()), (HeaderMap{{"who", "b"}}));
  EXPECT_EQ(inject_current_with(composite), (HeaderMap{{"who", "b"}}));
}

TEST(Composite, NamesEachFieldOnceInOrder) {
  const auto composite = std::make_shared<Composite>(
      std::make_shared<Named>("a"), std::make_shared<TraceContext>(), std::make_shared<Named>("b"));
  EXPECT_EQ(composite->fields(),
            (std::vector<std::string>{"who", "a", "traceparent", "tracestate", "b"}));
}

TEST(Composite, OneThatThrowsOnExtractionCostsItselfAlone) {
  const Composite composite(std::make_shared<Named>("a", true), std::make_shared<TraceContext>());
  EXPECT_TRUE(weft::span_context(extract_with(composite, kBoth)).is_valid());
}

TEST(Composite, PassesOverNone) {
  const Composite composite(std::vector<PropagatorPtr>{nullptr, std::make_shared<TraceContext>()});
  EXPECT_TRUE(weft::span_context(extract_with(composite, kBoth)).is_valid());
  EXPECT_TRUE(Composite(std::vector<PropagatorPtr>{}).fields().empty());
}

TEST(Make, KnowsTheNamesOfTheEnvironmentVariable) {
  using weft::propagators::make;
  EXPECT_EQ(make("tracecontext")->fields(), TraceContext().fields());
  EXPECT_EQ(make("baggage")->fields(), Baggage().fields());
  EXPECT_EQ(make("b3")->fields(), weft::propagators::B3Single().fields());
  EXPECT_EQ(make("b3multi")->fields(), weft::propagators::B3Multi().fields());
  EXPECT_EQ(make("jaeger")->fields(), weft::propagators::Jaeger().fields());
  EXPECT_EQ(make("ottrace")->fields(), weft::propagators::OtTrace().fields());
  EXPECT_EQ(make("requestid")->fields(), weft::propagators::RequestId().fields());
  for (const char* name : {"", "none", "TraceContext", "tracecontext ", "B3", "b3single", "xray"}) {
    EXPECT_EQ(make(name), nullptr) << name;
  }
}

}  // namespace
