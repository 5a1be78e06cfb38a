// SPDX-License-Identifier: Apache-2.0
// The bound of the queue, as credits.
#include "processor/queue_credits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace weft::testing {
namespace {

using detail::QueueCredits;

TEST(QueueCredits, OfASmallQueueAreLeasedOneByOne) {
  QueueCredits credits(10, 10);
  EXPECT_EQ(credits.lease(), 1U);
}

TEST(QueueCredits, EndWithTheBound) {
  QueueCredits credits(3, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(credits.lease(), 1U);
  EXPECT_EQ(credits.lease(), 0U);
}

TEST(QueueCredits, AreNeverMoreThanTheBoundWhateverTheLeases) {
  QueueCredits credits(1000, 512);
  std::uint64_t sum = 0;
  while (const std::uint32_t lease = credits.lease()) sum += lease;
  EXPECT_EQ(sum, 1000U);
}

TEST(QueueCredits, OfALargeQueueAreLeasedInBlocks) {
  QueueCredits credits(2048, 512);
  EXPECT_EQ(credits.lease(), QueueCredits::kLargestLease);
}

TEST(QueueCredits, AreLeasedInSmallerBlocksToManyThreads) {
  QueueCredits credits(2048, 512);
  for (int i = 0; i < 64; ++i) credits.thread_came();
  EXPECT_EQ(credits.lease(), 2048U / (8 * 64));
}

TEST(QueueCredits, AreLeasedOneByOneToTheLastSpanOfABatch) {
  QueueCredits credits(2048, 4);
  EXPECT_EQ(credits.lease(), 2U);
  EXPECT_EQ(credits.lease(), 1U);
  EXPECT_EQ(credits.lease(), 1U);
  EXPECT_TRUE(credits.may_fill_a_batch());
}

TEST(QueueCredits, ThatAreGivenBackCanBeLeasedAgain) {
  QueueCredits credits(1, 1);
  ASSERT_EQ(credits.lease(), 1U);
  credits.give_back(1);
  EXPECT_EQ(credits.lease(), 1U);
}

TEST(QueueCredits, OfSubmittedRecordsDoNotWaitButAreNotFree) {
  QueueCredits credits(2, 2);
  credits.lease();
  credits.lease();
  EXPECT_EQ(credits.waiting(), 2U);
  credits.submitted(2);
  EXPECT_EQ(credits.waiting(), 0U);
  EXPECT_EQ(credits.lease(), 0U);
  credits.settled(2);
  EXPECT_EQ(credits.waiting(), 0U);
  EXPECT_EQ(credits.lease(), 1U);
}

TEST(QueueCredits, AreNeverLeasedTwiceToTwoThreads) {
  constexpr std::uint64_t kBound = 100'000;
  QueueCredits credits(kBound, 512);
  std::atomic<std::uint64_t> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (const std::uint32_t lease = credits.lease()) sum += lease;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, kBound);
}

}  // namespace
}  // namespace weft::testing
