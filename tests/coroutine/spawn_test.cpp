// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::Event;
using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::user;

// Keeps what it is given until it is told to run or to drop it.
template <int kForm>
class Later {
 public:
  Later() : jobs_(std::make_shared<std::vector<std::function<void()>>>()) {}
  template <class F>
    requires(kForm == 0)
  void execute(F f) const {
    jobs_->push_back(std::move(f));
  }
  template <class F>
    requires(kForm == 1)
  void post(F f) const {
    jobs_->push_back(std::move(f));
  }
  template <class F>
    requires(kForm == 2)
  void dispatch(F f) const {
    jobs_->push_back(std::move(f));
  }
  void run() const {
    for (auto& job : *jobs_) job();
    drop();
  }
  void drop() const { jobs_->clear(); }

 private:
  std::shared_ptr<std::vector<std::function<void()>>> jobs_;
};

struct OneUse {
  template <class F>
  void execute(F&& f) const {
    auto own = std::make_unique<std::decay_t<F>>(std::forward<F>(f));  // never copied
    (*own)();
  }
};

class Refusing {
 public:
  template <class F>
  void execute(F) const {
    throw std::runtime_error("stopped");
  }
};

weft::Task<> notes(std::string& seen) {
  seen = user.get_or("none");
  user.set("task");
  co_return;
}
weft::Task<int> throws() {
  throw std::runtime_error("told");
  co_return 1;
}

TEST(Spawn, RunsOnTheExecutor) {
  const Later<0> executor;
  std::string seen;
  weft::spawn(executor, notes(seen));
  EXPECT_EQ(seen, "");
  executor.run();
  EXPECT_EQ(seen, "none");
}

TEST(Spawn, TakesAnExecutorWithPost) {
  const Later<1> executor;
  std::string seen;
  weft::spawn(executor, notes(seen));
  executor.run();
  EXPECT_EQ(seen, "none");
}

TEST(Spawn, TakesAnExecutorWithDispatch) {
  const Later<2> executor;
  std::string seen;
  weft::spawn(executor, notes(seen));
  executor.run();
  EXPECT_EQ(seen, "none");
}

TEST(Spawn, TakesAnExecutorThatDoesNotCopy) {
  std::string seen;
  weft::spawn(OneUse(), notes(seen));
  EXPECT_EQ(seen, "none");
}

TEST(Spawn, RunsInACopyOfTheContextOfTheCall) {
  const Later<0> executor;
  std::string seen;
  weft::Context().run([&] {
    user.set("caller");
    weft::spawn(executor, notes(seen));
    user.set("caller later");
  });
  executor.run();
  EXPECT_EQ(seen, "caller");
}

TEST(Spawn, WhatItSetsTheCallerDoesNotSee) {
  std::string seen;
  weft::spawn(OneUse(), notes(seen));
  EXPECT_EQ(user.find(), nullptr);
}

TEST(Spawn, AnExceptionGoesToOnError) {
  Recorded recorded;
  weft::spawn(OneUse(), throws());
  ASSERT_EQ(recorded.errors().size(), 1U);
  EXPECT_NE(recorded.errors()[0].what.find("std::runtime_error: told"), std::string::npos);
}

TEST(Spawn, OnErrorIsCalledInTheTasksContext) {
  std::string seen;
  weft::Options options;
  options.on_error = [&](const weft::Error&) { seen = user.get_or("none"); };
  Recorded recorded(std::move(options));
  weft::Context().run([&] {
    user.set("caller");
    weft::spawn(OneUse(), throws());
  });
  EXPECT_EQ(seen, "caller");
}

TEST(Spawn, WhatTheExecutorThrowsGoesToTheCaller) {
  std::string seen;
  EXPECT_THROW(weft::spawn(Refusing(), notes(seen)), std::runtime_error);
}

TEST(Spawn, DroppedUnstartedLetsItsArgumentsGo) {
  auto argument = std::make_shared<int>(1);
  auto task = [](std::shared_ptr<int> kept) -> weft::Task<> {
    (void)kept;
    co_return;
  };
  const Later<0> executor;
  weft::spawn(executor, task(argument));
  executor.drop();
  EXPECT_EQ(argument.use_count(), 1);
}

TEST(Spawn, OwnsTheCoroutineUntilItsEnd) {
  auto argument = std::make_shared<int>(1);
  Event event;
  auto task = [&](std::shared_ptr<int> kept) -> weft::Task<> {
    co_await event;
    (void)kept;
  };
  weft::spawn(OneUse(), task(argument));
  EXPECT_EQ(argument.use_count(), 2);
  event.set();
  EXPECT_EQ(argument.use_count(), 1);
}

TEST(Spawn, ARunTwiceStartsItOnce) {
  const Later<0> executor;
  int runs = 0;
  auto task = [&]() -> weft::Task<> {
    ++runs;
    co_return;
  };
  weft::spawn(executor, task());
  executor.run();
  executor.run();
  EXPECT_EQ(runs, 1);
}

TEST(Spawn, TakesAnyAwaitable) {
  Pool pool;
  std::promise<void> done;
  auto task = [&]() -> weft::Task<> {
    co_await weft::when_all(pool.hop());
    done.set_value();
  };
  weft::spawn(pool.executor(), task());
  done.get_future().get();
  weft::spawn(pool.executor(), pool.hop());
}

}  // namespace
