// SPDX-License-Identifier: Apache-2.0
#include "platform/clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "platform/child_process.hpp"

// The real clock against the system's. How stretches are laid out is tested with made-up samples,
// in clock_calibration_test.cpp; here a test must only outlast a few of them.

namespace {

using weft::detail::ClockReading;
using weft::detail::ordered_steady_now;
using weft::detail::read_clock;
using weft::detail::recalibrate;
using weft::detail::steady_now;
using weft::detail::unix_offset;
using weft::testing::exit_code_of_child;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSeveralStretches = 700 * kMillisecond;
// The kernel may bend its clock by 500 ppm within a stretch of 250 ms; without that, it is < 1 µs.
constexpr std::int64_t kTolerance = 150'000;

std::int64_t system_time(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

template <class Body>
void repeat_for(std::int64_t nanoseconds, Body body) {
  const std::int64_t end = system_time(CLOCK_MONOTONIC) + nanoseconds;
  while (system_time(CLOCK_MONOTONIC) < end) body();
}

// Whether each reading lies between two of the system's clock, but for the tolerance.
bool goes_with_the_system_for(std::int64_t nanoseconds) {
  bool good = true;
  repeat_for(nanoseconds, [&] {
    const std::int64_t before = system_time(CLOCK_MONOTONIC);
    const std::int64_t reading = steady_now();
    const std::int64_t after = system_time(CLOCK_MONOTONIC);
    good = good && reading >= before - kTolerance && reading <= after + kTolerance;
  });
  return good;
}

TEST(Clock, NeverRunsBackwardsOnAThread) {
  std::int64_t last = steady_now();
  int backwards = 0;
  repeat_for(kSeveralStretches, [&] {
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t reading = steady_now();
      backwards += reading < last ? 1 : 0;
      last = reading;
    }
  });
  EXPECT_EQ(backwards, 0);
}

TEST(Clock, NeverRunsBackwardsBetweenThreads) {
  std::atomic<std::int64_t> last{0};
  std::atomic<int> backwards{0};
  const auto read = [&] {
    repeat_for(kSeveralStretches, [&] {
      for (int i = 0; i < 1000; ++i) {
        const std::int64_t before = last.load(std::memory_order_acquire);
        const std::int64_t reading = ordered_steady_now();
        if (reading < before) backwards.fetch_add(1, std::memory_order_relaxed);
        last.store(reading, std::memory_order_release);
      }
    });
  };
  std::thread other(read);
  read();
  other.join();
  EXPECT_EQ(backwards, 0);
}

TEST(Clock, GoesWithTheSystemsClock) { EXPECT_TRUE(goes_with_the_system_for(kSeveralStretches)); }

TEST(Clock, GoesWithTheSystemsClockAfterAPause) {
  goes_with_the_system_for(50 * kMillisecond);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_TRUE(goes_with_the_system_for(kMillisecond));
}

TEST(Clock, GivesUnixTime) {
  bool good = true;
  repeat_for(kSeveralStretches, [&] {
    const std::int64_t before = system_time(CLOCK_REALTIME);
    const ClockReading reading = read_clock();
    const std::int64_t after = system_time(CLOCK_REALTIME);
    const std::int64_t unix_time = reading.steady + reading.unix_offset;
    good = good && unix_time >= before - kTolerance && unix_time <= after + kTolerance;
  });
  EXPECT_TRUE(good);
}

TEST(Clock, TheOffsetAloneGivesUnixTimeToo) {
  const std::int64_t before = system_time(CLOCK_REALTIME);
  const std::int64_t unix_time = unix_offset() + steady_now();
  const std::int64_t after = system_time(CLOCK_REALTIME);
  EXPECT_GE(unix_time, before - kTolerance);
  EXPECT_LE(unix_time, after + kTolerance);
}

TEST(Clock, RecalibratingChangesNothingVisible) {
  std::int64_t last = steady_now();
  int backwards = 0;
  repeat_for(kSeveralStretches, [&] {
    recalibrate();
    const std::int64_t reading = steady_now();
    backwards += reading < last ? 1 : 0;
    last = reading;
  });
  EXPECT_EQ(backwards, 0);
}

TEST(Clock, GoesOnInAForkedChild) {
  goes_with_the_system_for(50 * kMillisecond);
  const std::int64_t before = steady_now();
  EXPECT_EQ(exit_code_of_child([&] {
              return ordered_steady_now() >= before && goes_with_the_system_for(kSeveralStretches);
            }),
            0);
}

// A child may find the calibration in the hands of a thread that it does not have.
TEST(Clock, GoesOnInChildrenThatAreForkedWhileOthersCalibrate) {
  std::atomic<bool> done{false};
  std::thread busy([&] {
    while (!done) steady_now();
  });
  int failures = 0;
  for (int i = 0; i < 50; ++i) {
    if (exit_code_of_child([] { return goes_with_the_system_for(10 * kMillisecond); }) != 0) {
      ++failures;
    }
  }
  done = true;
  busy.join();
  EXPECT_EQ(failures, 0);
}

}  // namespace
