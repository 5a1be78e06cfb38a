// SPDX-License-Identifier: Apache-2.0
#include "delivery/retry_schedule.hpp"

#include <gtest/gtest.h>

namespace weft::testing {

namespace {

using delivery::RetrySchedule;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = RetrySchedule::Time;

constexpr Time kNow{std::chrono::hours{1000}};
constexpr double kLongest = 1.0;  // chance never quite reaches it

milliseconds wait_after(RetrySchedule& schedule, Time now) {
  return std::chrono::duration_cast<milliseconds>(schedule.ready_at() - now);
}

}  // namespace

TEST(RetrySchedule, IsReadyBeforeAnyFailure) {
  const RetrySchedule schedule({});
  EXPECT_LE(schedule.ready_at(), kNow);
  EXPECT_FALSE(schedule.ailing());
}

TEST(RetrySchedule, WaitsBetweenAHalfAndTheWholeOfTheStep) {
  RetrySchedule shortest({});
  shortest.failed(kNow, kNow, {}, 0.0);
  EXPECT_EQ(wait_after(shortest, kNow), milliseconds{500});
  RetrySchedule longest({});
  longest.failed(kNow, kNow, {}, kLongest);
  EXPECT_EQ(wait_after(longest, kNow), milliseconds{1000});
}

TEST(RetrySchedule, GrowsByTheMultiplierUpToTheMaximum) {
  RetrySchedule schedule(
      {.initial_backoff = seconds{1}, .max_backoff = seconds{8}, .multiplier = 3});
  Time now = kNow;
  for (const int expected : {1, 3, 8, 8}) {
    schedule.failed(now, now, {}, kLongest);
    EXPECT_EQ(wait_after(schedule, now), seconds{expected});
    now = schedule.ready_at();
  }
}

TEST(RetrySchedule, NeverOverflows) {
  RetrySchedule schedule({.multiplier = 1e300});
  for (int i = 0; i < 5000; ++i) schedule.failed(kNow, kNow, {}, kLongest);
  EXPECT_EQ(wait_after(schedule, kNow), seconds{30});
}

TEST(RetrySchedule, CountsRequestsThatWereUnderWayTogetherAsOneFailure) {
  RetrySchedule schedule({});
  schedule.failed(kNow, kNow - seconds{1}, {}, kLongest);
  schedule.failed(kNow + milliseconds{5}, kNow - seconds{1}, {}, kLongest);
  EXPECT_EQ(wait_after(schedule, kNow), seconds{1});
}

TEST(RetrySchedule, IsReadyAtOnceAfterASuccess) {
  RetrySchedule schedule({});
  schedule.failed(kNow, kNow, {}, kLongest);
  schedule.succeeded();
  EXPECT_LE(schedule.ready_at(), kNow);
  EXPECT_FALSE(schedule.ailing());
}

TEST(RetrySchedule, KeepsToTheServersDelayAfterASuccess) {
  RetrySchedule schedule({});
  schedule.failed(kNow, kNow, seconds{20}, kLongest);
  schedule.succeeded();
  EXPECT_EQ(wait_after(schedule, kNow), seconds{20});
}

TEST(RetrySchedule, IsReadyAtOnceWhenHurriedButStillAiling) {
  RetrySchedule schedule({});
  schedule.failed(kNow, kNow, {}, kLongest);
  schedule.hurry();
  EXPECT_LE(schedule.ready_at(), kNow);
  EXPECT_TRUE(schedule.ailing());
}

TEST(RetrySchedule, GrowsFromTheServersDelayWhenItFailsAgain) {
  RetrySchedule schedule({});
  schedule.failed(kNow, kNow, seconds{7}, kLongest);
  EXPECT_EQ(wait_after(schedule, kNow), seconds{7});
  Time now = schedule.ready_at();
  for (const int expected : {14, 28, 30}) {
    schedule.failed(now, now, {}, kLongest);
    EXPECT_EQ(wait_after(schedule, now), seconds{expected});
    now = schedule.ready_at();
  }
}

TEST(RetrySchedule, NeverShutsTheEndpointForLongerThanABatchMayAge) {
  RetrySchedule schedule({.max_age = seconds{60}});
  schedule.failed(kNow, kNow, seconds{100000}, kLongest);
  EXPECT_EQ(wait_after(schedule, kNow), seconds{60});
}

}  // namespace weft::testing
