// SPDX-License-Identifier: Apache-2.0
// The queue of one thread: order, blocks, two sides, orphans.
#include "processor/thread_queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace weft::testing {
namespace {

using detail::QueueCredits;
using detail::Record;
using detail::ThreadQueue;

class ThreadQueueTest : public ::testing::Test {
 protected:
  ~ThreadQueueTest() override {
    if (!left_) queue_->leave(0);
    if (!dropped_) queue_->drop();
  }
  // Records are only pointed to.
  Record& record(std::size_t i) { return records_[i % kRecords]; }
  void push(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(queue_->push(record(pushed_++)));
  }
  std::vector<Record*> pop(std::size_t most) {
    std::vector<Record*> popped(most);
    popped.resize(queue_->pop(popped));
    return popped;
  }
  void leave(std::uint64_t unspent) {
    queue_->leave(unspent);
    left_ = true;
  }

  static constexpr std::size_t kRecords = 1000;
  std::unique_ptr<Record[]> records_{new Record[kRecords]};
  std::shared_ptr<QueueCredits> credits_ = std::make_shared<QueueCredits>(100, 100);
  ThreadQueue* queue_ = ThreadQueue::make(7, credits_);
  std::size_t pushed_ = 0;
  bool left_ = false;
  bool dropped_ = false;
};

TEST_F(ThreadQueueTest, IsEmptyAtFirst) {
  EXPECT_EQ(queue_->size(), 0U);
  EXPECT_TRUE(pop(10).empty());
}

TEST_F(ThreadQueueTest, KnowsItsOwner) { EXPECT_EQ(queue_->owner(), 7U); }

TEST_F(ThreadQueueTest, GivesRecordsInTheOrderOfTheirEnds) {
  push(3);
  EXPECT_EQ(pop(10), (std::vector<Record*>{&record(0), &record(1), &record(2)}));
}

TEST_F(ThreadQueueTest, GivesNoMoreThanFit) {
  push(3);
  EXPECT_EQ(pop(2).size(), 2U);
  EXPECT_EQ(pop(2), (std::vector<Record*>{&record(2)}));
}

TEST_F(ThreadQueueTest, KeepsTheOrderAcrossBlocks) {
  push(3 * ThreadQueue::kBlockSlots + 1);
  const std::vector<Record*> popped = pop(kRecords);
  ASSERT_EQ(popped.size(), 3 * ThreadQueue::kBlockSlots + 1);
  for (std::size_t i = 0; i < popped.size(); ++i) ASSERT_EQ(popped[i], &record(i)) << i;
}

TEST_F(ThreadQueueTest, KeepsTheOrderWhenBlocksAreUsedAgain) {
  std::size_t seen = 0;
  for (std::size_t round = 0; round < 40; ++round) {
    push(97);
    for (Record* popped : pop(97)) ASSERT_EQ(popped, &record(seen++));
  }
  EXPECT_EQ(seen, 40U * 97U);
}

TEST_F(ThreadQueueTest, CountsWhatCanBePopped) {
  push(300);
  pop(10);
  EXPECT_EQ(queue_->size(), 290U);
}

TEST_F(ThreadQueueTest, IsAnOrphanOnceItsThreadHasLeft) {
  EXPECT_FALSE(queue_->is_orphan());
  leave(0);
  EXPECT_TRUE(queue_->is_orphan());
}

TEST_F(ThreadQueueTest, KeepsItsRecordsWhenItsThreadHasLeft) {
  push(2);
  leave(0);
  EXPECT_EQ(pop(10), (std::vector<Record*>{&record(0), &record(1)}));
}

TEST_F(ThreadQueueTest, GivesUnspentCreditsBackWhenItsThreadLeaves) {
  const std::uint32_t leased = credits_->lease();
  ASSERT_GT(leased, 0U);
  leave(leased);
  EXPECT_EQ(credits_->waiting(), 0U);
}

TEST_F(ThreadQueueTest, MayLoseItsConsumerFirst) {
  push(2);
  queue_->drop();
  dropped_ = true;
  push(1);  // the thread does not know yet
  leave(0);
}

TEST_F(ThreadQueueTest, CarriesEveryRecordOnceBetweenTwoThreads) {
  constexpr std::size_t kCount = 200'000;
  std::thread producer([this] { push(kCount); });
  std::size_t seen = 0;
  while (seen < kCount) {
    for (Record* popped : pop(64)) ASSERT_EQ(popped, &record(seen++));
  }
  producer.join();
  EXPECT_EQ(queue_->size(), 0U);
}

TEST_F(ThreadQueueTest, PublishesWhatWasWrittenBeforeThePush) {
  std::thread producer([this] {
    for (std::size_t i = 0; i < kRecords; ++i) {
      record(i).end_time = i;
      queue_->push(record(i));
    }
  });
  for (std::size_t seen = 0; seen < kRecords;) {
    for (const Record* popped : pop(64)) ASSERT_EQ(popped->end_time, seen++);
  }
  producer.join();
}

}  // namespace
}  // namespace weft::testing
