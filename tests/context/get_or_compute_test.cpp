// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/executor.hpp>
#include <weft/recyclable_context_var.hpp>

#include <atomic>
#include <barrier>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

const weft::ContextVar<std::string> user{"user"};
const weft::ContextVar<int> number{"number", 5};
const weft::ContextVar<int> other{"other"};

TEST(GetOrCompute, ComputesWhatIsNotThere) {
  weft::Context context;
  EXPECT_EQ(context.get_or_compute(user, [] { return std::string("u-1"); }), "u-1");
}

TEST(GetOrCompute, ComputesOnce) {
  weft::Context context;
  int calls = 0;
  for (int i = 0; i < 3; ++i) context.get_or_compute(other, [&] { return ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(GetOrCompute, SetsTheValueInThatContext) {
  weft::Context context;
  context.get_or_compute(user, [] { return "u-1"; });
  EXPECT_EQ(context.get(user), "u-1");
  EXPECT_EQ(context.size(), 1U);
}

TEST(GetOrCompute, SetsNothingInTheCallersContext) {
  weft::Context caller;
  weft::Context context;
  caller.run([&] { context.get_or_compute(user, [] { return "u-1"; }); });
  EXPECT_EQ(caller.size(), 0U);
}

TEST(GetOrCompute, FindsWhatWasSet) {
  weft::Context context;
  context.run([] { user.set("set"); });
  EXPECT_EQ(context.get_or_compute(user, [] { return "computed"; }), "set");
}

TEST(GetOrCompute, IgnoresTheDefault) {
  weft::Context context;
  EXPECT_EQ(context.get_or_compute(number, [] { return 6; }), 6);
}

TEST(GetOrCompute, GivesOneObjectToAll) {
  weft::Context context;
  const std::string& first = context.get_or_compute(user, [] { return "u-1"; });
  const std::string& second = context.get_or_compute(user, [] { return "u-2"; });
  EXPECT_EQ(&first, &second);
}

TEST(GetOrCompute, IsNotSharedBetweenContexts) {
  weft::Context first;
  weft::Context second;
  first.get_or_compute(user, [] { return "first"; });
  EXPECT_EQ(second.get_or_compute(user, [] { return "second"; }), "second");
}

TEST(GetOrCompute, DoesNotShowInACopyMadeBefore) {
  weft::Context context;
  context.run([] { other.set(1); });
  const weft::Context before = context;
  context.get_or_compute(user, [] { return "u-1"; });
  EXPECT_FALSE(before.contains(user));
}

TEST(GetOrCompute, WorksInTheCurrentContext) {
  weft::Context context;
  context.run([&] {
    context.get_or_compute(user, [] { return "u-1"; });
    EXPECT_EQ(user.get(), "u-1");
  });
}

TEST(GetOrCompute, ComputesAStaleValueAgain) {
  static const weft::RecyclableContextVar<int> recycled{"recycled"};
  weft::Context context;
  context.run([&] {
    context.get_or_compute(recycled, [] { return 1; });
    weft::RecyclableContextVar<>::increment_thread_recycles();
    EXPECT_EQ(context.get_or_compute(recycled, [] { return 2; }), 2);
  });
}

TEST(GetOrCompute, TakesAMoveOnlyValue) {
  static const weft::ContextVar<std::unique_ptr<int>> owned{"owned"};
  weft::Context context;
  EXPECT_EQ(*context.get_or_compute(owned, [] { return std::make_unique<int>(3); }), 3);
}

TEST(GetOrCompute, PassesTheExceptionOn) {
  weft::Context context;
  EXPECT_THROW(context.get_or_compute(other, []() -> int { throw std::runtime_error("no"); }),
               std::runtime_error);
}

TEST(GetOrCompute, TriesAgainAfterAnException) {
  weft::Context context;
  try {
    context.get_or_compute(other, []() -> int { throw std::runtime_error("no"); });
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(context.get_or_compute(other, [] { return 2; }), 2);
}

TEST(GetOrCompute, LeavesNothingInTheCallersContextAfterAnException) {
  weft::Context caller;
  caller.run([] {
    weft::Context context;
    try {
      context.get_or_compute(other, []() -> int { throw std::runtime_error("no"); });
    } catch (const std::runtime_error&) {
    }
  });
  EXPECT_EQ(caller.size(), 0U);
}

TEST(GetOrCompute, MayNeedAnotherValue) {
  weft::Context context;
  const int value = context.get_or_compute(
      number, [&] { return 1 + context.get_or_compute(other, [] { return 2; }); });
  EXPECT_EQ(value, 3);
}

TEST(GetOrCompute, OfAnotherContextMayBeNested) {
  weft::Context outer;
  weft::Context inner;
  const int value = outer.get_or_compute(
      other, [&] { return 1 + inner.get_or_compute(other, [] { return 2; }); });
  EXPECT_EQ(value, 3);
}

TEST(GetOrCompute, ThrowsWhenItNeedsItself) {
  weft::Context context;
  EXPECT_THROW(context.get_or_compute(
                   other, [&] { return context.get_or_compute(other, [] { return 1; }); }),
               weft::RecursiveComputationError);
}

TEST(GetOrCompute, NamesTheVariableThatNeedsItself) {
  weft::Context context;
  try {
    context.get_or_compute(other, [&] { return context.get_or_compute(other, [] { return 1; }); });
    FAIL() << "it did not throw";
  } catch (const weft::RecursiveComputationError& error) {
    EXPECT_NE(std::string(error.what()).find("'other'"), std::string::npos);
  }
}

TEST(GetOrCompute, ThrowsWhenItNeedsItselfByWayOfAnother) {
  weft::Context context;
  const auto compute_other = [&] {
    return context.get_or_compute(other,
                                  [&] { return context.get_or_compute(number, [] { return 1; }); });
  };
  EXPECT_THROW(context.get_or_compute(number, compute_other), weft::RecursiveComputationError);
}

TEST(GetOrCompute, ThrowsWhenItNeedsItselfOnAnotherThread) {
  weft::Context context;
  const auto ask = [&] { return context.get_or_compute(other, [] { return 1; }); };
  EXPECT_THROW(context.get_or_compute(other, [&] { return weft::async(ask).get(); }),
               weft::RecursiveComputationError);
}

TEST(GetOrCompute, ThrowsWhenTwoThreadsNeedEachOther) {
  weft::Context context;
  std::barrier both(2);
  std::atomic<int> errors{0};
  const auto cross = [&](const weft::ContextVar<int>& mine, const weft::ContextVar<int>& theirs) {
    try {
      context.get_or_compute(mine, [&] {
        both.arrive_and_wait();
        return context.get_or_compute(theirs, [] { return 1; });
      });
    } catch (const weft::RecursiveComputationError&) {
      ++errors;
    }
  };
  std::thread first(cross, std::cref(number), std::cref(other));
  std::thread second(cross, std::cref(other), std::cref(number));
  first.join();
  second.join();
  // One of them closes the circle and fails; then the other one gets its turn.
  EXPECT_EQ(errors, 1);
}

TEST(GetOrCompute, OfManyThreadsComputesOnce) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 50; ++round) {
    weft::Context context;
    std::atomic<int> calls{0};
    std::atomic<int> sum{0};
    std::barrier together(kThreads);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
          together.arrive_and_wait();
          sum += context.get_or_compute(other, [&] {
            std::this_thread::yield();
            return ++calls;
          });
        });
      }
    }
    ASSERT_EQ(calls, 1);
    ASSERT_EQ(sum, kThreads);
  }
}

TEST(GetOrCompute, OfManyThreadsAndVariablesComputesEachOnce) {
  constexpr int kThreads = 4;
  constexpr std::size_t kVariables = 12;
  std::vector<std::unique_ptr<const weft::ContextVar<std::string>>> variables;
  for (std::size_t i = 0; i < kVariables; ++i) {
    variables.push_back(std::make_unique<const weft::ContextVar<std::string>>("one of many"));
  }
  for (int round = 0; round < 20; ++round) {
    weft::Context context;
    std::atomic<std::size_t> calls{0};
    {
      std::vector<std::jthread> threads;
      for (std::size_t thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
          for (std::size_t i = 0; i < kVariables; ++i) {
            const std::size_t at = (i + thread * 3) % kVariables;
            const std::string& value = context.get_or_compute(*variables[at], [&] {
              ++calls;
              return std::to_string(at) + std::string(40, '.');
            });
            ASSERT_EQ(value.substr(0, value.find('.')), std::to_string(at));
          }
        });
      }
    }
    ASSERT_EQ(calls, kVariables);
    ASSERT_EQ(context.size(), kVariables);
  }
}

TEST(GetOrCompute, AnotherWaiterTriesWhenTheFirstFails) {
  weft::Context context;
  std::promise<void> begun;
  std::promise<void> waits;
  std::thread first([&] {
    EXPECT_THROW(context.get_or_compute(other,
                                        [&]() -> int {
                                          begun.set_value();
                                          waits.get_future().wait();
                                          throw std::runtime_error("no");
                                        }),
                 std::runtime_error);
  });
  begun.get_future().wait();
  std::thread second([&] {
    waits.set_value();
    EXPECT_EQ(context.get_or_compute(other, [] { return 2; }), 2);
  });
  first.join();
  second.join();
}

TEST(GetOrCompute, WorksAgainInTheContextOfADetachedTaskThatItStarted) {
  weft::Context context;
  weft::Context carried;
  context.get_or_compute(other, [&] {
    carried = weft::copy_context();
    return 1;
  });
  carried.run([&] { EXPECT_EQ(context.get_or_compute(number, [] { return 4; }), 4); });
}

}  // namespace
