// SPDX-License-Identifier: Apache-2.0
// The steps of a touch that comes late: the record went on to another span, whose owner is inside.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "span/touch.hpp"
#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using detail::Foreign;
using detail::foreign_word;
using detail::Record;
using detail::RecordRef;
using detail::Touch;
using weft::testing::Recording;

// Two spans of one record, one after the other.
struct TwoLives {
  Recording recording;
  RecordRef first = recording.ref();
  RecordRef second{};

  TwoLives() {
    Record* const one[] = {&recording.record()};
    recording.pool().release(one);
    const auto context = weft::testing::identity_of(2).context;
    second = detail::start_record(recording.pool(), recording.record(), *detail::thread_data(),
                                  weft::testing::start_of(context), "second");
  }
};

TEST(TouchProtocol, TheFirstForeignerLeavesWordThatItWasSeen) {
  const Recording recording;
  std::thread([&] { const Touch touch(recording.ref(), *detail::thread_data()); }).join();
  EXPECT_EQ(recording.record().foreign.load(),
            foreign_word(recording.ref().generation, Foreign::seen));
}

TEST(TouchProtocol, ANewSpanOfTheRecordIsBiasedToItsOwnerAgain) {
  const TwoLives lives;
  EXPECT_EQ(lives.recording.record().foreign.load(),
            foreign_word(lives.second.generation, Foreign::none));
}

TEST(TouchProtocol, ALateForeignerDoesNotChangeTheNextSpansWord) {
  const TwoLives lives;
  std::thread([&] { const Touch touch(lives.first, *detail::thread_data()); }).join();
  EXPECT_EQ(lives.recording.record().foreign.load(),
            foreign_word(lives.second.generation, Foreign::none));
}

// What a late foreigner of the first span may leave behind does not count for the second.
TEST(TouchProtocol, AnEarlierSpansWordSendsNobodyPastTheFence) {
  const TwoLives lives;
  lives.recording.record().foreign.store(foreign_word(lives.first.generation, Foreign::seen));
  std::atomic<bool> is_inside{false};
  std::jthread other;
  {
    // The owner goes by the lock, since the word is not its own; so does the other thread.
    const Touch mine(lives.second, *detail::thread_data());
    ASSERT_TRUE(mine);
    other = std::jthread([&] {
      const Touch touch(lives.second, *detail::thread_data());
      is_inside = true;
    });
    std::this_thread::yield();
    EXPECT_FALSE(is_inside);
  }
}

TEST(TouchProtocol, ALateOwnerDoesNotLetOthersPassTheNextSpansOwner) {
  const TwoLives lives;
  std::atomic<bool> is_inside{false};
  std::jthread other;
  {
    const Touch mine(lives.second, *detail::thread_data());
    // A thread that leased the record for the first span, and only now looks whether it still may.
    std::thread([&] {
      detail::ThreadData& thread = *detail::thread_data();
      EXPECT_FALSE(detail::enter_unlocked(lives.first, thread));
    }).join();
    other = std::jthread([&] {
      const Touch touch(lives.second, *detail::thread_data());
      is_inside = true;
    });
    for (int i = 0; i < 1000; ++i) {
      ASSERT_FALSE(is_inside);
      std::this_thread::yield();
    }
  }
}

TEST(TouchProtocol, RetirementWaitsForTheOneInside) {
  const Recording recording;
  std::atomic<bool> retired{false};
  std::jthread other;
  {
    const Touch mine(recording.ref(), *detail::thread_data());
    other = std::jthread([&] {
      detail::RecordPool::retire();
      retired = true;
    });
    while (detail::RecordPool::epoch() == recording.ref().epoch) std::this_thread::yield();
    EXPECT_FALSE(retired);
  }
  other.join();
  EXPECT_TRUE(retired);
}

}  // namespace
