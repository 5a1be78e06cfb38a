// SPDX-License-Identifier: Apache-2.0
// Who may touch a record, and when no more.
#include "span/touch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using detail::Record;
using detail::RecordPool;
using detail::RecordRef;
using detail::RecordState;
using detail::Touch;
using weft::testing::Recording;

bool may_touch(const RecordRef& ref) {
  const Touch touch(ref, *detail::thread_data());
  return static_cast<bool>(touch);
}

bool may_touch_elsewhere(const RecordRef& ref) {
  bool result = false;
  std::thread([&] { result = may_touch(ref); }).join();
  return result;
}

// From open to ended, by whoever comes first.
bool end(const RecordRef& ref) {
  const Touch touch(ref, *detail::thread_data());
  if (!touch) return false;
  touch.record().state.store(detail::state_word(ref.generation, RecordState::ended),
                             std::memory_order_release);
  return true;
}

bool nobody_is_inside(const Record& record) {
  return record.lock.load() == 0 && detail::thread_data()->touching.load() == nullptr;
}

TEST(Touch, OfAnOpenSpanIsGranted) { EXPECT_TRUE(may_touch(Recording().ref())); }

TEST(Touch, FromAnotherThreadIsGranted) {
  const Recording recording;
  EXPECT_TRUE(may_touch_elsewhere(recording.ref()));
}

TEST(Touch, ByTheOwnerAfterAnotherThreadIsGranted) {
  const Recording recording;
  may_touch_elsewhere(recording.ref());
  EXPECT_TRUE(may_touch(recording.ref()));
}

TEST(Touch, AfterTheEndIsRefused) {
  const Recording recording;
  end(recording.ref());
  EXPECT_FALSE(may_touch(recording.ref()));
}

TEST(Touch, AfterTheEndIsRefusedElsewhere) {
  const Recording recording;
  end(recording.ref());
  EXPECT_FALSE(may_touch_elsewhere(recording.ref()));
}

TEST(Touch, EndingTwiceIsRefused) {
  const Recording recording;
  EXPECT_TRUE(end(recording.ref()));
  EXPECT_FALSE(end(recording.ref()));
}

TEST(Touch, OfARecordThatWasFreedIsRefused) {
  const Recording recording;
  Record* const one[] = {&recording.record()};
  recording.pool().release(one);
  EXPECT_FALSE(may_touch(recording.ref()));
}

TEST(Touch, OfARecordsNextSpanIsRefusedToTheOneBefore) {
  const Recording recording;
  Record* const one[] = {&recording.record()};
  recording.pool().release(one);
  const auto context = weft::testing::identity_of(2).context;
  const RecordRef next =
      detail::start_record(recording.pool(), recording.record(), *detail::thread_data(),
                           weft::testing::start_of(context), "next");
  EXPECT_FALSE(may_touch(recording.ref()));
  EXPECT_TRUE(may_touch(next));
}

TEST(Touch, AfterRetirementIsRefused) {
  const Recording recording;
  RecordPool::retire();
  EXPECT_FALSE(may_touch(recording.ref()));
}

TEST(Touch, AfterRetirementIsRefusedElsewhere) {
  const Recording recording;
  RecordPool::retire();
  EXPECT_FALSE(may_touch_elsewhere(recording.ref()));
}

TEST(Touch, OfTheEpochBeforeIsRefused) {
  const Recording before;
  const Recording after;  // opens the pool again
  EXPECT_FALSE(may_touch(before.ref()));
}

TEST(Touch, ThatWasRefusedLeavesTheRecordFree) {
  const Recording recording;
  end(recording.ref());
  may_touch(recording.ref());
  may_touch_elsewhere(recording.ref());
  EXPECT_TRUE(nobody_is_inside(recording.record()));
}

TEST(Touch, ThatIsOverLeavesTheRecordFree) {
  const Recording recording;
  may_touch(recording.ref());
  may_touch_elsewhere(recording.ref());
  may_touch(recording.ref());
  EXPECT_TRUE(nobody_is_inside(recording.record()));
}

// Writes a pair that only fits together when nobody else is inside.
struct Pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

void bump(const RecordRef& ref, std::atomic<bool>& torn) {
  const Touch touch(ref, *detail::thread_data());
  if (!touch) return;
  Pair pair;
  std::memcpy(&pair, touch.record().body + 100, sizeof pair);
  if (pair.first != pair.second) torn = true;
  ++pair.first;
  std::memcpy(touch.record().body + 100, &pair.first, sizeof pair.first);
  ++pair.second;
  std::memcpy(touch.record().body + 100 + sizeof pair.first, &pair.second, sizeof pair.second);
}

std::uint64_t count_of(const Recording& recording) {
  std::uint64_t count = 0;
  std::memcpy(&count, recording.record().body + 100, sizeof count);
  return count;
}

TEST(Touch, OfTheOwnerAndOfOthersExcludeEachOther) {
  constexpr int kRounds = 2000;
  constexpr int kOthers = 3;
  std::atomic<bool> torn{false};
  for (int repeat = 0; repeat < 10; ++repeat) {
    const Recording recording;
    std::memset(recording.record().body + 100, 0, sizeof(Pair));
    {
      std::vector<std::jthread> others;
      for (int i = 0; i < kOthers; ++i) {
        others.emplace_back([&] {
          for (int round = 0; round < kRounds; ++round) bump(recording.ref(), torn);
        });
      }
      for (int round = 0; round < kRounds; ++round) bump(recording.ref(), torn);
    }
    ASSERT_EQ(count_of(recording), std::uint64_t{kRounds * (kOthers + 1)});
  }
  EXPECT_FALSE(torn);
}

// The first foreign touch falls into a stream of the owner's: the moment the bias has to be given
// up.
TEST(Touch, GivesUpItsBiasWithoutLosingATouch) {
  std::atomic<bool> torn{false};
  for (int repeat = 0; repeat < 200; ++repeat) {
    const Recording recording;
    std::memset(recording.record().body + 100, 0, sizeof(Pair));
    std::atomic<int> done{0};
    std::jthread other([&] {
      while (done.load(std::memory_order_relaxed) < 50) {
      }
      bump(recording.ref(), torn);
      done = 1000;
    });
    int mine = 0;
    while (done.load(std::memory_order_relaxed) < 1000) {
      bump(recording.ref(), torn);
      ++mine;
      int expected = mine - 1;
      done.compare_exchange_strong(expected, mine);
    }
    other.join();
    ASSERT_EQ(count_of(recording), static_cast<std::uint64_t>(mine) + 1);
  }
  EXPECT_FALSE(torn);
}

TEST(Touch, OnlyOneOfManyEndsTheSpan) {
  for (int round = 0; round < 100; ++round) {
    const Recording recording;
    std::atomic<int> ended{0};
    {
      std::vector<std::jthread> others;
      for (int i = 0; i < 3; ++i) {
        others.emplace_back([&] { ended += end(recording.ref()) ? 1 : 0; });
      }
      ended += end(recording.ref()) ? 1 : 0;
    }
    ASSERT_EQ(ended, 1);
  }
}

TEST(Touch, RacesTheEndAndTheNextSpanOfTheRecord) {
  // A handle of the first span is used from elsewhere while the record goes on to another.
  std::atomic<bool> torn{false};
  for (int round = 0; round < 200; ++round) {
    const Recording recording;
    const RecordRef first = recording.ref();
    std::jthread other([&] {
      for (int i = 0; i < 50; ++i) {
        const Touch touch(first, *detail::thread_data());
        if (touch && touch.record().trace_id[0] != 1) torn = true;
      }
    });
    end(first);
    Record* const one[] = {&recording.record()};
    recording.pool().release(one);
    Record* again = recording.pool().acquire(*detail::thread_data());
    while (again != nullptr && again != &recording.record()) {
      again = recording.pool().acquire(*detail::thread_data());
    }
    if (again == nullptr) continue;
    const auto context = weft::testing::identity_of(2).context;
    detail::start_record(recording.pool(), *again, *detail::thread_data(),
                         weft::testing::start_of(context), "next");
  }
  EXPECT_FALSE(torn);
}

TEST(Touch, RacesRetirement) {
  for (int round = 0; round < 100; ++round) {
    const Recording recording;
    std::atomic<bool> retired{false};
    std::atomic<bool> late{false};
    std::jthread other([&] {
      for (int i = 0; i < 100; ++i) {
        const bool was_retired = retired.load();
        if (may_touch(recording.ref()) && was_retired) late = true;
      }
    });
    RecordPool::retire();
    retired = true;
    other.join();
    ASSERT_FALSE(late);
  }
}

TEST(Touch, WritesOfSeveralThreadsAllArrive) {
  detail::PoolLimits limits = weft::testing::small_pool();
  limits.span.attribute_count = 1000;
  const Recording recording(limits);
  const auto write = [&](int thread) {
    for (int i = 0; i < 100; ++i) {
      const std::string key = std::to_string(thread) + "." + std::to_string(i);
      const Touch touch(recording.ref(), *detail::thread_data());
      if (touch) detail::put_attribute(recording.pool(), touch.record(), key, i);
    }
  };
  {
    std::vector<std::jthread> others;
    for (int thread = 1; thread < 4; ++thread) others.emplace_back(write, thread);
    write(0);
  }
  EXPECT_EQ(recording.data().attributes.size(), 400U);
}

}  // namespace
