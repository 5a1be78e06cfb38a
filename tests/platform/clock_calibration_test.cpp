// SPDX-License-Identifier: Apache-2.0
#include "platform/clock_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using weft::detail::ClockCalibration;
using weft::detail::ClockReading;
using weft::detail::ClockSample;
using weft::detail::ClockStretches;
using weft::detail::last_nanosecond;
using weft::detail::PlannedStretch;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kUnixStart = 1'700'000'000 * kSecond;

std::uint64_t tick = 0;
std::uint64_t counter() noexcept { return tick; }

ClockStretches* read_by_a_late_reader = nullptr;
// While the reader looks at its counter, three more stretches are begun.
std::uint64_t late_counter() noexcept {
  read_by_a_late_reader->newest.fetch_add(3);
  return tick;
}

/// A made-up machine: a counter of 2.5 GHz, a clock, and 40 ns to read it.
class Calibration : public testing::Test {
 protected:
  void SetUp() override { tick = 7'000'000'000; }
  void pass(std::int64_t nanoseconds) {
    monotonic += nanoseconds;
    tick += static_cast<std::uint64_t>(static_cast<double>(nanoseconds) * ticks_per_nanosecond);
  }
  ClockSample sample() {
    ClockSample sample;
    sample.tick_before = tick;
    pass(20);
    sample.monotonic = monotonic;
    pass(20);
    sample.tick_after = tick;
    pass(20);
    sample.realtime = monotonic + kUnixStart;
    sample.tick_at_realtime = tick;
    return sample;
  }
  /// Takes a sample and puts the stretch into force; false when there was none to be had.
  bool extend() {
    const auto stretch = calibration.plan(sample());
    if (stretch) calibration.publish(*stretch);
    return stretch.has_value();
  }
  /// As a program that reads all the time: a new stretch whenever the one before has ended.
  void run_for(std::int64_t nanoseconds) {
    for (const std::int64_t end = monotonic + nanoseconds;; pass(10 * kMillisecond)) {
      ClockReading reading;
      if (!stretches.read<counter>(reading)) extend();
      if (monotonic >= end) break;
    }
  }
  /// What readers get now, or -1.
  std::int64_t read() {
    ClockReading reading;
    return stretches.read<counter>(reading) ? reading.steady : -1;
  }

  std::int64_t monotonic = 50 * kSecond;
  double ticks_per_nanosecond = 2.5;
  ClockStretches stretches;
  ClockCalibration calibration{stretches};
};

TEST_F(Calibration, HasNothingToSayAtFirst) {
  extend();
  EXPECT_EQ(read(), -1);
}

TEST_F(Calibration, WatchesTheCounterForTwentyMilliseconds) {
  extend();
  pass(19 * kMillisecond);
  EXPECT_FALSE(extend());
  pass(kMillisecond);
  EXPECT_TRUE(extend());
}

TEST_F(Calibration, SaysWhenAPlanIsWorthTrying) {
  extend();
  EXPECT_NEAR(static_cast<double>(calibration.next_plan()),
              static_cast<double>(monotonic + ClockCalibration::kShortestWatch), 1000);
}

TEST_F(Calibration, GoesWithTheSystemsClock) {
  run_for(2 * kSecond);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic), 100);
}

TEST_F(Calibration, TrustsAShortWatchForAShortTime) {
  extend();
  pass(20 * kMillisecond);
  extend();
  pass(170 * kMillisecond);
  EXPECT_EQ(read(), -1);
}

TEST_F(Calibration, GivesUnixTime) {
  run_for(2 * kSecond);
  ClockReading reading;
  ASSERT_TRUE(stretches.read<counter>(reading));
  EXPECT_NEAR(static_cast<double>(reading.unix_offset), static_cast<double>(kUnixStart), 256);
}

TEST_F(Calibration, SeesAStepOfTheWallClockInTheNextStretch) {
  run_for(2 * kSecond);
  pass(ClockCalibration::kStretch);
  ClockSample stepped = sample();
  stepped.realtime += kSecond;
  const auto stretch = calibration.plan(stepped);
  ASSERT_TRUE(stretch.has_value());
  EXPECT_NEAR(static_cast<double>(stretch->unix_offset), static_cast<double>(kUnixStart + kSecond),
              256);
}

TEST_F(Calibration, NoStretchBeginsBeforeTheEndOfTheOneBefore) {
  run_for(kSecond);
  for (int i = 0; i < 1000; ++i) {
    ticks_per_nanosecond =
        2.5 * (1 + (i % 7 - 3) * 100e-6);  // as a clock that is being disciplined
    pass(ClockCalibration::kStretch + i * 1000);
    const std::int64_t last = last_nanosecond(stretches);
    const auto stretch = calibration.plan(sample());
    ASSERT_TRUE(stretch.has_value());
    ASSERT_GE(stretch->first_nanosecond, last) << i;
    calibration.publish(*stretch);
  }
}

// Those who find no stretch read the system's clock: what they got must not be ahead of it.
TEST_F(Calibration, NoStretchBeginsBehindTheSystemsClock) {
  run_for(kSecond);
  for (int i = 0; i < 1000; ++i) {
    pass(ClockCalibration::kStretch + i * 1000);
    const std::int64_t begin = monotonic;
    const auto stretch = calibration.plan(sample());
    ASSERT_TRUE(stretch.has_value());
    ASSERT_GE(stretch->first_nanosecond, begin) << i;
    calibration.publish(*stretch);
  }
}

TEST_F(Calibration, TheFirstStretchIsNeverBehindTheSystemsClock) {
  extend();
  pass(20 * kMillisecond);
  extend();
  for (int i = 0; i < 15; ++i) {
    pass(10 * kMillisecond);
    ASSERT_GE(read(), monotonic) << i;
  }
}

TEST_F(Calibration, MeetsTheSystemsClockAgainWhenItIsAhead) {
  run_for(2 * kSecond);
  monotonic -= 20'000;  // what a clock that was bent backwards comes to
  run_for(2 * kSecond);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic), 1000);
}

TEST_F(Calibration, NeverRunsMoreThanSlightlySlowToDoSo) {
  run_for(2 * kSecond);
  pass(ClockCalibration::kStretch);
  monotonic -= 5 * kMillisecond;
  const auto stretch = calibration.plan(sample());
  ASSERT_TRUE(stretch.has_value());
  EXPECT_GT(static_cast<double>(stretch->rate) / 4294967296.0, 0.4 * (1 - 501e-6));
}

TEST_F(Calibration, ASuspensionThatTheCounterDidNotNoticeIsNoStep) {
  run_for(2 * kSecond);
  monotonic += 3600 * kSecond;
  const std::int64_t last = last_nanosecond(stretches);
  pass(ClockCalibration::kStretch);
  extend();
  EXPECT_GE(read(), last);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic), 1000);
}

TEST_F(Calibration, ASuspensionInWhichTheCounterWentOnIsLeftOut) {
  run_for(2 * kSecond);
  const std::int64_t before = last_nanosecond(stretches);
  tick += 3600ULL * 2'500'000'000;
  extend();
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(before),
              static_cast<double>(ClockCalibration::kStretch));
  run_for(kSecond);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic + calibration.shift()),
              1000);
}

TEST_F(Calibration, RunsOnWhenTheCounterWasSetBack) {
  run_for(2 * kSecond);
  const std::int64_t last = last_nanosecond(stretches);
  tick = 1000;
  extend();
  EXPECT_GE(read(), last);
  run_for(kSecond);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic + calibration.shift()),
              1000);
}

TEST_F(Calibration, PartsWithTheSystemsClockWhenItIsFarAhead) {
  run_for(2 * kSecond);
  pass(ClockCalibration::kStretch);
  const std::int64_t last = last_nanosecond(stretches);
  monotonic -= 100 * kMillisecond;
  extend();
  EXPECT_NEAR(static_cast<double>(calibration.shift()), static_cast<double>(last - monotonic),
              1000);
}

TEST_F(Calibration, BelievesAnotherRateWhenItSeesItTwice) {
  run_for(2 * kSecond);
  ticks_per_nanosecond = 3.0;
  run_for(3 * kSecond);
  EXPECT_NEAR(static_cast<double>(read()), static_cast<double>(monotonic + calibration.shift()),
              1000);
}

TEST_F(Calibration, DoesNotBelieveACounterThatStandsStill) {
  extend();
  ticks_per_nanosecond = 0;
  pass(kSecond);
  EXPECT_FALSE(extend());
}

TEST_F(Calibration, WatchesAnewAfterAnInterruptedPlan) {
  extend();
  pass(kSecond);
  calibration.restart();
  EXPECT_FALSE(extend());
}

TEST_F(Calibration, AReaderOfAStretchThatIsWrittenAnewIsSentTheSlowWay) {
  run_for(2 * kSecond);
  read_by_a_late_reader = &stretches;
  ClockReading reading;
  EXPECT_FALSE(stretches.read<late_counter>(reading));
}

}  // namespace
