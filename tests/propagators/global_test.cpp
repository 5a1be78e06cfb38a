// SPDX-License-Identifier: Apache-2.0
// The propagators that weft::inject and weft::extract use.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::propagators::Baggage;
using weft::propagators::TraceContext;

const HeaderMap kBoth = {{"traceparent", std::string(kTraceparentText)}, {"baggage", "k=v"}};

HeaderMap injected(const Context& context) {
  HeaderMap headers;
  weft::inject(headers, context);
  return headers;
}

class GlobalPropagator : public testing::Test {
 protected:
  ~GlobalPropagator() override { weft::set_global_propagator(nullptr); }
};

TEST_F(GlobalPropagator, IsTraceContextAndBaggageByDefault) {
  EXPECT_EQ(injected(weft::extract(kBoth)), kBoth);
}

TEST_F(GlobalPropagator, IsWhatWasSet) {
  weft::set_global_propagator(std::make_shared<TraceContext>());
  EXPECT_EQ(injected(weft::extract(kBoth)), (HeaderMap{{"traceparent", kBoth.at("traceparent")}}));
  weft::set_global_propagator(std::make_shared<Baggage>());
  EXPECT_EQ(injected(weft::extract(kBoth)), (HeaderMap{{"baggage", "k=v"}}));
}

TEST_F(GlobalPropagator, IsUsedForTheCurrentContextToo) {
  Context context = weft::extract(kBoth);
  weft::set_global_propagator(std::make_shared<Baggage>());
  HeaderMap headers;
  context.run([&] { weft::inject(headers); });
  EXPECT_EQ(headers, (HeaderMap{{"baggage", "k=v"}}));
}

TEST_F(GlobalPropagator, IsTheDefaultAgainAfterNull) {
  weft::set_global_propagator(std::make_shared<Baggage>());
  weft::set_global_propagator(nullptr);
  EXPECT_EQ(injected(weft::extract(kBoth)), kBoth);
}

TEST_F(GlobalPropagator, MayBeSeveralInOrder) {
  weft::detail::set_global_propagators(
      {std::make_shared<TraceContext>(), nullptr, std::make_shared<Baggage>()});
  EXPECT_EQ(injected(weft::extract(kBoth)), kBoth);
}

TEST_F(GlobalPropagator, MayBeNone) {
  const Context context = weft::extract(kBoth);
  weft::detail::set_global_propagators({});
  EXPECT_TRUE(injected(context).empty());
  EXPECT_FALSE(weft::span_context(weft::extract(kBoth)).is_valid());
}

/// Knows only what a user must write.
class Marker final : public weft::TextMapPropagator {
 public:
  void inject(const Context& context, const weft::CarrierWriter& carrier) const override {
    carrier.set("x-mark", weft::span_context(context).trace_id().to_hex());
  }
  void extract(const weft::CarrierReader& carrier, Context&) const override {
    if (carrier.get("x-mark")) throw 1;
  }
  std::vector<std::string> fields() const override { return {"x-mark"}; }
};

TEST_F(GlobalPropagator, MayBeAUsersOwn) {
  Context context = weft::extract(kBoth);
  weft::set_global_propagator(std::make_shared<Marker>());
  HeaderMap headers;
  context.run([&] { weft::inject(headers); });
  EXPECT_EQ(headers, (HeaderMap{{"x-mark", std::string(kTraceIdText)}}));
}

TEST_F(GlobalPropagator, MayThrowOnExtractionWithoutHarm) {
  weft::set_global_propagator(std::make_shared<Marker>());
  EXPECT_TRUE(weft::extract(HeaderMap{{"x-mark", "1"}}).empty());
}

TEST_F(GlobalPropagator, MayBeReplacedWhileOthersUseIt) {
  std::atomic<bool> stop{false};
  std::atomic<int> uses{0};
  const auto use = [&] {
    while (!stop.load() || uses.load() < 100) {
      EXPECT_LE(injected(weft::extract(kBoth)).size(), 2u);
      ++uses;
    }
  };
  std::thread first(use);
  std::thread second(use);
  for (int i = 0; i < 200; ++i) {
    weft::set_global_propagator(std::make_shared<TraceContext>());
    weft::set_global_propagator(nullptr);
    std::this_thread::yield();
  }
  stop = true;
  first.join();
  second.join();
}

}  // namespace
