// SPDX-License-Identifier: Apache-2.0
// What users' propagators and carriers throw: caught, counted, and the others go on.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <weft/propagators/environment.hpp>

#include "platform/user_exception.hpp"
#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::CarrierReader;
using weft::CarrierWriter;
using weft::Context;
using weft::PropagatorPtr;
using weft::propagators::ChildEnvironment;
using weft::propagators::Composite;
using weft::propagators::TraceContext;

const HeaderMap kSpan = {{"traceparent", std::string(kTraceparentText)}};

/// Throws whatever it is asked.
class Throwing final : public weft::TextMapPropagator {
 public:
  void inject(const Context&, const CarrierWriter&) const override {
    throw std::runtime_error("i");
  }
  void extract(const CarrierReader&, Context&) const override { throw 42; }
  std::vector<std::string> fields() const override { throw std::runtime_error("f"); }
};

std::vector<PropagatorPtr> throwing_and_good() {
  return {std::make_shared<Throwing>(), std::make_shared<TraceContext>()};
}

/// How many exceptions of users' this thread has counted in this test.
class Containment : public testing::Test {
 protected:
  ~Containment() override { weft::set_global_propagator(nullptr); }
  std::uint64_t counted() const { return weft::detail::user_exceptions_here() - before_; }

 private:
  const std::uint64_t before_ = weft::detail::user_exceptions_here();
};

TEST_F(Containment, OfAGlobalPropagatorThatThrowsInInjectionLetsTheOthersWrite) {
  weft::detail::set_global_propagators(throwing_and_good());
  const Context context = weft::extract(kSpan);
  HeaderMap headers;
  EXPECT_NO_THROW(weft::inject(headers, context));
  EXPECT_EQ(headers, kSpan);
}

TEST_F(Containment, OfAGlobalPropagatorThatThrowsInInjectionOfTheCurrentContextLetsTheOthersWrite) {
  weft::detail::set_global_propagators(throwing_and_good());
  Context context = weft::extract(kSpan);
  HeaderMap headers;
  EXPECT_NO_THROW(context.run([&] { weft::inject(headers); }));
  EXPECT_EQ(headers, kSpan);
}

TEST_F(Containment, CountsWhatAGlobalPropagatorThrowsInInjection) {
  weft::set_global_propagator(std::make_shared<Throwing>());
  HeaderMap headers;
  EXPECT_NO_THROW(weft::inject(headers));
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatAGlobalPropagatorThrowsInExtraction) {
  weft::set_global_propagator(std::make_shared<Throwing>());
  weft::extract(kSpan);
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, OfACompositesPartThatThrowsInInjectionLetsTheOthersWrite) {
  const Composite composite(throwing_and_good());
  HeaderMap headers;
  EXPECT_NO_THROW(headers = inject_with(composite, weft::extract(kSpan)));
  EXPECT_EQ(headers, kSpan);
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatACompositesPartThrowsInExtraction) {
  extract_with(Composite(throwing_and_good()), kSpan);
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, OfACompositesPartThatThrowsInFieldsNamesThoseOfTheOthers) {
  std::vector<std::string> fields;
  EXPECT_NO_THROW(fields = Composite(throwing_and_good()).fields());
  EXPECT_EQ(fields, TraceContext().fields());
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, OfAPropagatorThatThrowsInFieldsLeavesAChildAnEnvironment) {
  weft::detail::set_global_propagators(throwing_and_good());
  EXPECT_NO_THROW(ChildEnvironment());
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatACarrierThrowsInInjection) {
  const Context context = weft::extract(kSpan);
  EXPECT_NO_THROW(weft::inject([](std::string_view, std::string_view) { throw 42; }, context));
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatACarrierThrowsInInjectionOfTheCurrentContext) {
  Context context = weft::extract(kSpan);
  const auto throwing = [](std::string_view, std::string_view) { throw 42; };
  EXPECT_NO_THROW(context.run([&] { weft::inject(throwing); }));
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatACarrierThrowsInExtraction) {
  weft::extract([](std::string_view) -> std::optional<std::string_view> { throw 42; });
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsWhatACarrierThrowsInExtractionByOnePropagator) {
  const auto throwing = [](std::string_view) -> std::optional<std::string_view> { throw 42; };
  for (const char* name : {"tracecontext", "baggage", "b3", "jaeger", "ottrace", "requestid"}) {
    const std::uint64_t before = counted();
    extract_with(*weft::propagators::make(name), throwing);
    EXPECT_EQ(counted() - before, 1U) << name;
  }
}

/// Lists its headers' names with an exception.
struct Unlisted {
  std::vector<std::string> keys() const { throw std::runtime_error("k"); }
  std::optional<std::string_view> operator()(std::string_view name) const {
    if (name != "uber-trace-id") return std::nullopt;
    return "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1";
  }
};

TEST_F(Containment, CountsWhatTheKeysOfACarrierThrow) {
  weft::set_global_propagator(std::make_shared<weft::propagators::Jaeger>());
  EXPECT_NO_THROW(weft::extract(Unlisted()));
  EXPECT_EQ(counted(), 1U);
}

TEST_F(Containment, CountsNothingOfBadInput) {
  weft::extract(HeaderMap{{"traceparent", "00-nonsense"}, {"baggage", "=;%"}});
  EXPECT_EQ(counted(), 0U);
}

}  // namespace
