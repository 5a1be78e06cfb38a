// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <array>
#include <atomic>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/on_destruction.hpp"

namespace {

using weft::testing::OnDestruction;

const weft::ContextVar<int> depth{"depth", 0};
const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};

TEST(Threads, StartEmpty) {
  auto scope = depth.scoped(5);
  std::thread([] { EXPECT_EQ(depth.find(), nullptr); }).join();
}

TEST(Threads, AreSeparate) {
  auto scope = depth.scoped(5);
  std::thread([] { depth.set(6); }).join();
  EXPECT_EQ(depth.get(), 5);
}

TEST(Threads, FreeWhatTheirBaseContextHolds) {
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  std::thread([&] { shared.set(std::move(value)); }).join();
  EXPECT_TRUE(watch.expired());
}

TEST(Threads, FreeTheOldValuesOfTheirBaseContext) {
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  std::thread([&] {
    auto token = shared.set(std::move(value));
    shared.set(nullptr);
    shared.reset(token);
  }).join();
  EXPECT_TRUE(watch.expired());
}

TEST(Threads, ASnapshotOutlivesItsThread) {
  weft::Context snapshot;
  std::thread([&] {
    shared.set(std::make_shared<int>(4));
    snapshot = weft::copy_context();
  }).join();
  EXPECT_EQ(*snapshot.get(shared), 4);
}

TEST(Threads, ALargeValueOfABaseContextIsFreed) {
  struct Large {
    std::shared_ptr<int> watched;
    std::array<char, 1000> bytes{};
  };
  static const weft::ContextVar<Large> large{"large"};
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  std::thread([&] { large.set(Large{std::move(value), {}}); }).join();
  EXPECT_TRUE(watch.expired());
}

TEST(Threads, MaySetInAThreadLocalDestructor) {
  static const weft::ContextVar<int> late{"late"};
  static std::atomic<int> seen{0};
  struct AtThreadEnd {
    ~AtThreadEnd() {
      late.set(8);
      seen = late.get();
    }
  };
  std::thread([] {
    static thread_local const AtThreadEnd at_thread_end;
    (void)&at_thread_end;
  }).join();
  EXPECT_EQ(seen, 8);
}

TEST(Threads, FreeWhatADestructorSetsAtTheirEnd) {
  static const weft::ContextVar<OnDestruction> trigger{"trigger"};
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  std::thread([&] {
    trigger.set(OnDestruction([&value] { shared.set(std::move(value)); }));
  }).join();
  value.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(Threads, ShareValuesThroughSnapshots) {
  constexpr int kThreads = 4;
  weft::Context().run([] {
    static const weft::ContextVar<std::string> text{"text"};
    text.set(std::string(100, 'x'));
    const weft::Context snapshot = weft::copy_context();
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([snapshot]() mutable {
        for (int round = 0; round < 200; ++round) {
          weft::Context own = snapshot;
          own.run([round] {
            ASSERT_EQ(text.get().size(), 100U);
            if (round % 2 == 0) text.set("mine");
            depth.set(round);
          });
        }
      });
    }
    // Meanwhile the owner replaces what they share.
    for (int round = 0; round < 200; ++round) text.set(std::string(100, 'y'));
  });
}

TEST(Threads, TheLastOfManyFreesASharedValue) {
  for (int round = 0; round < 50; ++round) {
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = value;
    {
      weft::Context snapshot;
      snapshot.run([&] { shared.set(std::move(value)); });
      std::barrier together(3);
      const auto drop = [&together, copy = snapshot]() mutable {
        together.arrive_and_wait();
        copy = weft::Context();
      };
      std::jthread first(drop);
      std::jthread second(drop);
      together.arrive_and_wait();
      snapshot = weft::Context();
    }
    ASSERT_TRUE(watch.expired()) << round;
  }
}

TEST(Threads, RaceForASlotAndAgree) {
  for (int round = 0; round < 20; ++round) {
    const auto raced = std::make_unique<const weft::ContextVar<int>>("raced");
    constexpr int kThreads = 4;
    std::barrier together(kThreads);
    std::vector<weft::Context> contexts(kThreads);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
          together.arrive_and_wait();
          contexts[static_cast<std::size_t>(i)].run([&] { raced->set(i); });
        });
      }
    }
    int sum = 0;
    for (const weft::Context& context : contexts) sum += context.get_or(*raced, 100);
    ASSERT_EQ(sum, 0 + 1 + 2 + 3) << round;
  }
}

}  // namespace
