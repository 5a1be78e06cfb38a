// SPDX-License-Identifier: Apache-2.0
// Who is told what went wrong, from when to when.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

constinit const weft::Tracer tracer{"on_error"};

struct Told {
  std::vector<weft::Error> errors;
  auto handler() {
    return [this](const weft::Error& error) { errors.push_back(error); };
  }
};

weft::Options quiet(std::function<void(const weft::Error&)> on_error) {
  return {.exporters = {weft::exporters::in_memory()}, .on_error = std::move(on_error)};
}

TEST(OnError, IsToldOfASamplerThatWasMadeForThisInit) {
  Told told;
  weft::Options options = quiet(told.handler());
  options.sampler = weft::samplers::parent_based(weft::samplers::trace_id_ratio(7));
  const weft::Telemetry telemetry = weft::init(std::move(options));
  ASSERT_EQ(told.errors.size(), 1U);
  EXPECT_EQ(told.errors[0].what,
            "samplers::trace_id_ratio(7.000000): it is no number from 0 to 1; 1 is used");
}

TEST(OnError, IsToldOfAProcessorWithoutAnExporter) {
  Told told;
  weft::Options options = quiet(told.handler());
  options.processors = {weft::processors::simple(nullptr), weft::processors::batch(nullptr),
                        weft::processors::filter(nullptr)};
  const weft::Telemetry telemetry = weft::init(std::move(options));
  EXPECT_EQ(told.errors.size(), 3U);
}

TEST(OnError, MayAskForTheTelemetryWhileItIsMade) {
  bool is_there = true;
  weft::Options options = quiet([&](const weft::Error&) {
    is_there = static_cast<bool>(weft::active_telemetry());
    auto span = tracer.start("in the handler");
  });
  options.batch.max_queue_size = 0;
  const weft::Telemetry telemetry = weft::init(std::move(options));
  EXPECT_FALSE(is_there);
  EXPECT_TRUE(weft::active_telemetry());
}

TEST(OnError, OfARefusedInitIsToldToo) {
  Told first;
  Told second;
  const weft::Telemetry lives = weft::init(quiet(first.handler()));
  {
    const weft::Telemetry refused = weft::init(quiet(second.handler()));
    EXPECT_FALSE(refused);
  }
  ASSERT_EQ(first.errors.size(), 1U);
  ASSERT_EQ(second.errors.size(), 1U);
  EXPECT_EQ(second.errors[0].code, weft::ErrorCode::already_initialised);
  EXPECT_TRUE(weft::active_telemetry());
}

TEST(OnError, ThatInitsAgainIsRefusedAndNotStuck) {
  int told = 0;
  weft::Options options = quiet([&](const weft::Error&) {
    ++told;
    const weft::Telemetry another = weft::init(quiet({}));
    EXPECT_FALSE(another);
  });
  options.batch.max_queue_size = 0;
  const weft::Telemetry telemetry = weft::init(std::move(options));
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(telemetry);
}

TEST(OnError, IsNotToldOfSpansThatWereNotToBeKept) {
  Told told;
  {
    weft::Options options = quiet(told.handler());
    options.sampler = weft::samplers::always_record(weft::samplers::always_off());
    const weft::Telemetry telemetry = weft::init(std::move(options));
    auto span = tracer.start("for processors");
    span.end();
    EXPECT_EQ(telemetry.stats().dropped.not_kept, 1U);
  }
  EXPECT_TRUE(told.errors.empty());
}

TEST(OnError, IsNotCalledAfterItsTelemetryHasGone) {
  Told told;
  {
    const weft::Telemetry telemetry = weft::init(quiet(told.handler()));
  }
  weft::samplers::trace_id_ratio(7);
  EXPECT_TRUE(told.errors.empty());
  const weft::Telemetry next = weft::init(quiet({}));  // takes what was refused
  EXPECT_TRUE(told.errors.empty());
}

}  // namespace
