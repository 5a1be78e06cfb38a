// SPDX-License-Identifier: Apache-2.0
#include "processor/doorbell.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace weft::testing {
namespace {

using detail::Doorbell;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

TEST(Doorbell, KeepsARingThatCameFirst) {
  Doorbell bell;
  bell.ring();
  EXPECT_TRUE(bell.wait(Deadline::max()));
}

TEST(Doorbell, CountsSeveralRingsAsOne) {
  Doorbell bell;
  bell.ring();
  bell.ring();
  EXPECT_TRUE(bell.wait(Deadline::max()));
  EXPECT_FALSE(bell.wait(steady_clock::now()));
}

TEST(Doorbell, ReturnsAtTheDeadline) {
  Doorbell bell;
  const Deadline deadline = steady_clock::now() + 5ms;
  EXPECT_FALSE(bell.wait(deadline));
  EXPECT_GE(steady_clock::now(), deadline);
}

TEST(Doorbell, ReturnsAtOnceWhenTheDeadlineHasPassed) {
  Doorbell bell;
  EXPECT_FALSE(bell.wait(Deadline::min()));
}

TEST(Doorbell, WakesTheThreadThatWaits) {
  Doorbell bell;
  std::atomic<int> heard{0};
  std::thread sleeper([&] {
    for (int i = 0; i < 1000; ++i) {
      bell.wait(Deadline::max());
      ++heard;
    }
  });
  for (int i = 0; i < 1000; ++i) {
    bell.ring();
    while (heard <= i) std::this_thread::yield();
  }
  sleeper.join();
  EXPECT_EQ(heard, 1000);
}

}  // namespace
}  // namespace weft::testing
