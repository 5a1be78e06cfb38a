// SPDX-License-Identifier: Apache-2.0
// Records on their way: leased, given back, taken from others, left behind by a thread that ended.
#include "span/record_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using detail::Record;
using detail::RecordPool;

constexpr std::size_t kRecords = 64;

RecordPool& fresh_pool(std::size_t records = kRecords) {
  return *RecordPool::open({.records = records, .bytes = 64U << 10U});
}

Record* lease(RecordPool& pool) {
  Record* record = pool.acquire(*detail::thread_data());
  if (record == nullptr) return nullptr;
  static const weft::SpanContext context = weft::testing::identity_of(1).context;
  detail::start_record(pool, *record, *detail::thread_data(), weft::testing::start_of(context),
                       "name");
  return record;
}

std::vector<Record*> lease_all(RecordPool& pool) {
  std::vector<Record*> records;
  while (Record* record = lease(pool)) records.push_back(record);
  return records;
}

std::set<const Record*> distinct(const std::vector<Record*>& records) {
  return {records.begin(), records.end()};
}

TEST(Pool, LeasesEachRecordOnce) { EXPECT_EQ(distinct(lease_all(fresh_pool())).size(), kRecords); }

TEST(Pool, GivesNoneWhenAllAreLeased) {
  RecordPool& pool = fresh_pool();
  lease_all(pool);
  EXPECT_EQ(lease(pool), nullptr);
}

TEST(Pool, LeasesWhatWasGivenBack) {
  RecordPool& pool = fresh_pool();
  const auto records = lease_all(pool);
  pool.release(records);
  EXPECT_EQ(distinct(lease_all(pool)), distinct(records));
}

TEST(Pool, GivesABatchBackToTheThreadThatLeasedIt) {
  RecordPool& pool = fresh_pool();
  Record* record = lease(pool);
  lease_all(pool);
  Record* const one[] = {record};
  std::thread([&] { pool.release(one); }).join();
  EXPECT_EQ(lease(pool), record);
}

// Somebody is still busy with the pool of an earlier life.
struct Abandoned {
  RecordPool& pool = fresh_pool();
  Record* const record = lease(pool);
  Abandoned() {
    RecordPool::retire();
    RecordPool::abandon();
  }
};

TEST(Pool, OfAnEarlierLifeGivesNothingBackToTheNext) {
  const Abandoned earlier;
  RecordPool& pool = fresh_pool();
  lease_all(pool);
  Record* const one[] = {earlier.record};
  earlier.pool.release(one);
  EXPECT_EQ(lease(pool), nullptr);
}

TEST(Pool, OfAnEarlierLifeLeasesNothing) {
  const Abandoned earlier;
  fresh_pool();
  EXPECT_EQ(earlier.pool.acquire(*detail::thread_data()), nullptr);
}

TEST(Pool, OneThreadTakesWhatAnotherWasGivenBack) {
  RecordPool& pool = fresh_pool();
  std::vector<Record*> records = lease_all(pool);
  pool.release(records);  // to this thread, which does not ask
  std::size_t leased = 0;
  std::thread([&] { leased = lease_all(pool).size(); }).join();
  EXPECT_EQ(leased, kRecords);
}

TEST(Pool, AThreadThatEndsLeavesItsRecordsToOthers) {
  RecordPool& pool = fresh_pool();
  std::thread([&] {
    Record* const one[] = {lease(pool)};
    pool.release(one);
  }).join();
  EXPECT_EQ(lease_all(pool).size(), kRecords);
}

TEST(Pool, AThreadThatEndsLeavesWhatItLeasedInAdvance) {
  RecordPool& pool = fresh_pool(4096);
  Record* record = nullptr;
  std::thread([&] { record = lease(pool); }).join();
  EXPECT_EQ(lease_all(pool).size(), 4095U);
}

TEST(Pool, RecordsOfThreadsThatEndedComeBack) {
  RecordPool& pool = fresh_pool();
  std::vector<Record*> records;
  std::thread([&] { records = lease_all(pool); }).join();
  pool.release(records);
  EXPECT_EQ(lease_all(pool).size(), kRecords);
}

TEST(Pool, ABatchOfManyThreadsComesBack) {
  RecordPool& pool = fresh_pool();
  std::vector<Record*> records;
  for (int i = 0; i < 40; ++i) {
    std::thread([&] { records.push_back(lease(pool)); }).join();
  }
  pool.release(records);
  EXPECT_EQ(lease_all(pool).size(), kRecords);
}

TEST(Pool, CountsRecordsByTheirState) {
  RecordPool& pool = fresh_pool();
  Record* record = lease(pool);
  lease(pool);
  record->state.store(
      detail::state_word(detail::generation_of(record->state.load()), detail::RecordState::ended));
  std::uint64_t open = 0;
  std::uint64_t ended = 0;
  pool.count(open, ended);
  EXPECT_EQ(open * 10 + ended, 11U);
}

TEST(Pool, OpenedAgainHasAllItsRecords) {
  lease_all(fresh_pool());
  EXPECT_EQ(lease_all(fresh_pool()).size(), kRecords);
}

TEST(Pool, OpenedAgainRaisesTheEpoch) {
  fresh_pool();
  const std::uint32_t before = RecordPool::epoch();
  fresh_pool();
  EXPECT_GT(RecordPool::epoch(), before);
}

TEST(Pool, OpenedAgainUnlocksWhatADeadThreadLeftLocked) {
  // As in the child of a fork, where the parent's other threads are gone for ever.
  RecordPool& pool = fresh_pool();
  for (Record* record : lease_all(pool)) record->lock.store(1);
  for (const Record* record : lease_all(fresh_pool())) ASSERT_EQ(record->lock.load(), 0);
}

TEST(Pool, MadeLargerHasMoreRecords) {
  lease_all(fresh_pool(64));
  EXPECT_EQ(lease_all(fresh_pool(256)).size(), 256U);
}

// Threads come, lease and go while a worker gives records back to them.
TEST(Pool, LosesNoRecordWhenThreadsEndWhileTheirRecordsComeBack) {
  RecordPool& pool = fresh_pool(512);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::atomic<Record*>> slots(8);
    std::atomic<int> running{8};
    std::vector<std::jthread> threads;
    for (auto& slot : slots) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          if (Record* record = slot.load() == nullptr ? lease(pool) : nullptr) slot = record;
        }
        --running;
      });
    }
    while (running > 0) {
      for (auto& slot : slots) {
        if (Record* record = slot.exchange(nullptr)) pool.release({&record, 1});
      }
    }
    threads.clear();
    for (auto& slot : slots) {
      if (Record* record = slot.exchange(nullptr)) pool.release({&record, 1});
    }
  }
  EXPECT_EQ(lease_all(pool).size(), 512U);
}

}  // namespace
