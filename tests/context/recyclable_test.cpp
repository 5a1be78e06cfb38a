// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/executor.hpp>
#include <weft/recyclable_context_var.hpp>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

const weft::RecyclableContextVar<std::string> user{"user"};
const weft::RecyclableContextVar<int> depth{"depth", 7};
const weft::RecyclableContextVar<std::shared_ptr<std::mutex>> lock{"lock"};
const weft::ContextVar<int> ordinary{"ordinary"};

void recycle() { weft::RecyclableContextVar<>::increment_thread_recycles(); }

// Each in a thread of its own, whose base context is fresh.
template <class F>
void on_a_thread(F&& f) {
  std::thread(std::forward<F>(f)).join();
}

TEST(Recyclable, IsAContextVarUntilTheRecycle) {
  on_a_thread([] {
    auto token = user.set("u-1");
    EXPECT_EQ(token.old_value(), std::nullopt);
    EXPECT_EQ(user.get(), "u-1");
    EXPECT_EQ(user.get_or("x"), "u-1");
    EXPECT_EQ(user.name(), "user");
    user.reset(token);
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, AStaleValueThrowsWhereThereIsNoDefault) {
  on_a_thread([] {
    user.set("u-1");
    recycle();
    EXPECT_THROW(user.get(), weft::LookupError);
  });
}

TEST(Recyclable, AStaleValueGivesWayToTheDefault) {
  on_a_thread([] {
    depth.set(1);
    recycle();
    EXPECT_EQ(depth.get(), 7);
  });
}

TEST(Recyclable, AStaleValueGivesWayToTheFallback) {
  on_a_thread([] {
    user.set("u-1");
    recycle();
    EXPECT_EQ(user.get_or("nobody"), "nobody");
  });
}

TEST(Recyclable, AStaleValueIsNotFound) {
  on_a_thread([] {
    user.set("u-1");
    recycle();
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, AStaleValueIsNoItemOfACopy) {
  on_a_thread([] {
    user.set("u-1");
    depth.set(1);
    recycle();
    const weft::Context copy = weft::copy_context();
    EXPECT_EQ(copy.size(), 0U);
    EXPECT_FALSE(copy.contains(user));
    EXPECT_THROW(copy.get(user), weft::LookupError);
  });
}

TEST(Recyclable, AStaleValueIsNotTheOldValueOfAToken) {
  on_a_thread([] {
    user.set("u-1");
    recycle();
    EXPECT_EQ(user.set("u-2").old_value(), std::nullopt);
  });
}

TEST(Recyclable, AStaleValueIsFreedWhenItsVariableIsSetAgain) {
  static const weft::RecyclableContextVar<std::shared_ptr<int>> shared{"shared"};
  on_a_thread([] {
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = value;
    shared.set(std::move(value));
    recycle();
    shared.set(nullptr);
    EXPECT_TRUE(watch.expired());
  });
}

TEST(Recyclable, AResetAfterTheRecycleBringsNothingBack) {
  on_a_thread([] {
    user.set("u-1");
    auto token = user.set("u-2");
    recycle();
    user.reset(token);
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, AScopeThatEndsAfterTheRecycleBringsNothingBack) {
  on_a_thread([] {
    user.set("u-1");
    {
      auto scope = user.scoped("u-2");
      recycle();
    }
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, ASetAfterTheRecycleIsSeen) {
  on_a_thread([] {
    depth.set(1);
    recycle();
    depth.set(2);
    EXPECT_EQ(depth.get(), 2);
  });
}

TEST(Recyclable, AResetWithinTheSameRequestRestores) {
  on_a_thread([] {
    recycle();
    depth.set(1);
    auto token = depth.set(2);
    depth.reset(token);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Recyclable, AllVariablesGoAtOnce) {
  on_a_thread([] {
    user.set("u-1");
    depth.set(1);
    recycle();
    EXPECT_EQ(user.find(), nullptr);
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST(Recyclable, AnOrdinaryVariableStays) {
  on_a_thread([] {
    ordinary.set(1);
    recycle();
    EXPECT_EQ(ordinary.get(), 1);
  });
}

TEST(Recyclable, AnotherThreadsRecycleChangesNothingHere) {
  on_a_thread([] {
    user.set("u-1");
    on_a_thread(recycle);
    EXPECT_EQ(user.get(), "u-1");
  });
}

TEST(Recyclable, AValueIsSeenOnAThreadThatWasRecycledMoreOften) {
  on_a_thread([] {
    user.set("u-1");
    auto bound = weft::bind([] { EXPECT_EQ(user.get(), "u-1"); });
    on_a_thread([&] {
      for (int i = 0; i < 5; ++i) recycle();
      bound();
    });
  });
}

TEST(Recyclable, ASnapshotKeepsWhatItsRequestSet) {
  on_a_thread([] {
    user.set("u-1");
    weft::Context first_request = weft::copy_context();
    recycle();
    first_request.run([] { EXPECT_EQ(user.get(), "u-1"); });
    EXPECT_EQ(first_request.get(user), "u-1");
  });
}

TEST(Recyclable, ARecycleInsideAContextReachesTheThreadsOwnToo) {
  on_a_thread([] {
    user.set("u-1");
    weft::Context().run(recycle);
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, ARecycleInsideAContextHidesWhatWasSetInIt) {
  weft::Context context;
  context.run([] {
    user.set("u-1");
    recycle();
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, AnyInstanceCountsForAll) {
  on_a_thread([] {
    user.set("u-1");
    weft::RecyclableContextVar<int>::increment_thread_recycles();
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, UpdatesAreOlderThanTheRecycleOnceStale) {
  on_a_thread([] {
    EXPECT_EQ(user.updates(), 0U);
    recycle();
    user.set("u-1");
    EXPECT_GE(user.updates(), user.thread_recycles());
    recycle();
    EXPECT_LT(user.updates(), user.thread_recycles());
  });
}

TEST(Recyclable, AFactoryMakesACompanionForEachRequest) {
  on_a_thread([] {
    const auto make = [] { return std::make_shared<std::mutex>(); };
    const std::shared_ptr<std::mutex> first = lock.get_or_make(make);
    EXPECT_EQ(lock.get_or_make(make), first);
    recycle();
    EXPECT_NE(lock.get_or_make(make), first);
  });
}

TEST(Recyclable, AFactoryIsAskedOnceForEachRequest) {
  on_a_thread([] {
    int made = 0;
    for (int request = 0; request < 3; ++request) {
      recycle();
      for (int use = 0; use < 4; ++use) (void)depth.get_or_make([&] { return ++made; });
    }
    EXPECT_EQ(made, 3);
  });
}

TEST(Recyclable, AFactoryThatThrowsSetsNothing) {
  on_a_thread([] {
    EXPECT_THROW(user.get_or_make([]() -> std::string { throw std::runtime_error("no"); }),
                 std::runtime_error);
    EXPECT_EQ(user.find(), nullptr);
  });
}

TEST(Recyclable, ManyRecyclesKeepOneValue) {
  static const weft::RecyclableContextVar<std::shared_ptr<int>> shared{"shared"};
  on_a_thread([] {
    auto counted = std::make_shared<int>(1);
    for (int request = 0; request < 1000; ++request) {
      recycle();
      shared.set(counted);
    }
    EXPECT_EQ(counted.use_count(), 2);
  });
}

constinit const weft::RecyclableContextVar<int> at_compile_time{"at_compile_time"};

TEST(Recyclable, MayBeAConstantOfTheProgram) { EXPECT_EQ(at_compile_time.find(), nullptr); }

}  // namespace
