// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace {

const weft::ContextVar<int> depth{"depth", 0};

TEST(Entered, EnteringTwiceThrows) {
  weft::Context context;
  context.run([&] { EXPECT_THROW(context.run([] {}), weft::ContextEnteredError); });
}

TEST(Entered, EnteringAcrossAnotherContextThrows) {
  weft::Context context;
  context.run([&] {
    weft::Context().run([&] { EXPECT_THROW(context.run([] {}), weft::ContextEnteredError); });
  });
}

TEST(Entered, EnteringOnAnotherThreadThrows) {
  weft::Context context;
  context.run([&] {
    std::thread([&] { EXPECT_THROW(context.run([] {}), weft::ContextEnteredError); }).join();
  });
}

TEST(Entered, TheErrorIsAContextError) {
  weft::Context context;
  context.run([&] { EXPECT_THROW(context.run([] {}), weft::ContextError); });
}

TEST(Entered, TheErrorSaysWhy) {
  weft::Context context;
  context.run([&] {
    try {
      context.run([] {});
      FAIL() << "nothing was thrown";
    } catch (const weft::ContextEnteredError& error) {
      EXPECT_STREQ(error.what(), "this Context is already entered");
    }
  });
}

TEST(Entered, AFailedEntryDoesNotCallTheCallable) {
  weft::Context context;
  bool called = false;
  context.run(
      [&] { EXPECT_THROW(context.run([&] { called = true; }), weft::ContextEnteredError); });
  EXPECT_FALSE(called);
}

TEST(Entered, AFailedEntryLeavesTheContextCurrent) {
  weft::Context context;
  context.run([&] {
    depth.set(1);
    EXPECT_THROW(context.run([] {}), weft::ContextEnteredError);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Entered, ItMayBeEnteredAgainOnceLeft) {
  weft::Context context;
  context.run([] {});
  EXPECT_NO_THROW(context.run([] {}));
}

TEST(Entered, OnAnotherThreadOnceLeft) {
  weft::Context context;
  context.run([] { depth.set(1); });
  std::thread([&] { context.run([] { EXPECT_EQ(depth.get(), 1); }); }).join();
}

TEST(Entered, ACopyMayBeEnteredMeanwhile) {
  weft::Context context;
  weft::Context copy = context;
  context.run([&] { EXPECT_NO_THROW(copy.run([] {})); });
}

TEST(Entered, ACopyMadeInsideMayBeEntered) {
  weft::Context context;
  context.run([&] {
    weft::Context copy = context;
    EXPECT_NO_THROW(copy.run([] {}));
  });
}

TEST(Entered, CopyingOneTakesWhatWasSetInside) {
  weft::Context context;
  context.run([&] {
    depth.set(3);
    const weft::Context copy = context;
    EXPECT_EQ(copy.get(depth), 3);
  });
}

TEST(Entered, MovingOneCopiesIt) {
  weft::Context context;
  context.run([&] {
    depth.set(3);
    const weft::Context moved = std::move(context);
    EXPECT_EQ(moved.get(depth), 3);
  });
}

TEST(Entered, MovingOneLeavesItCurrent) {
  weft::Context context;
  context.run([&] {
    depth.set(3);
    const weft::Context moved = std::move(context);
    EXPECT_EQ(depth.get(), 3);
  });
}

TEST(Entered, MovingOneMakesAValueOfItsOwn) {
  weft::Context context;
  context.run([&] {
    depth.set(3);
    weft::Context moved = std::move(context);
    moved.run([] { depth.set(4); });
    EXPECT_EQ(depth.get(), 3);
  });
}

TEST(Entered, MoveAssigningFromOneCopiesIt) {
  weft::Context context;
  context.run([&] {
    depth.set(3);
    weft::Context target;
    target = std::move(context);
    EXPECT_EQ(target.get(depth) * 10 + depth.get(), 33);
  });
}

TEST(Entered, CopyAssigningToOneThrows) {
  weft::Context context;
  const weft::Context other;
  context.run([&] { EXPECT_THROW(context = other, weft::ContextEnteredError); });
}

TEST(Entered, MoveAssigningToOneThrows) {
  weft::Context context;
  context.run([&] { EXPECT_THROW(context = weft::Context(), weft::ContextEnteredError); });
}

TEST(Entered, AFailedMoveAssignmentLeavesTheSource) {
  weft::Context context;
  weft::Context source;
  source.run([] { depth.set(5); });
  context.run([&] { EXPECT_THROW(context = std::move(source), weft::ContextEnteredError); });
  EXPECT_EQ(source.get(depth), 5);  // NOLINT(bugprone-use-after-move)
}

TEST(Entered, AFailedAssignmentLeavesTheValues) {
  weft::Context context;
  context.run([&] {
    depth.set(1);
    EXPECT_THROW(context = weft::Context(), weft::ContextEnteredError);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Entered, OnlyOneOfManyThreadsGetsIn) {
  weft::Context context;
  std::atomic<int> inside{0};
  std::atomic<int> refused{0};
  std::promise<void> all_tried;
  const std::shared_future<void> wait = all_tried.get_future().share();
  constexpr int kThreads = 8;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        try {
          context.run([&] {
            ++inside;
            wait.wait();
          });
        } catch (const weft::ContextEnteredError&) {
          if (++refused == kThreads - 1) all_tried.set_value();
        }
      });
    }
  }
  EXPECT_EQ(inside, 1);
}

}  // namespace
