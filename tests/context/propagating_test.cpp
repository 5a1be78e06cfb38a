// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

const weft::ContextVar<std::string> user{"user", "nobody"};

struct Queue {
  std::vector<std::function<void()>> jobs;
  void run() {
    for (auto& job : std::exchange(jobs, {})) job();
  }
};

// A handle with all four forms, each told by a letter.
class Handle {
 public:
  explicit Handle(Queue& queue) : queue_(&queue) {}
  template <class F>
  void execute(F f) const {
    queue_->jobs.emplace_back(std::move(f));
  }
  template <class F>
  int post(F f, int priority) {  // not const, and with more to say
    queue_->jobs.emplace_back(std::move(f));
    return priority;
  }
  template <class F>
  void dispatch(F f) const {
    f();
  }
  friend bool operator==(const Handle&, const Handle&) = default;

 private:
  Queue* queue_;
};

// A pool as many have it: neither copied nor moved, gives a future.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  template <class F>
  auto post(F f) {
    return std::async(std::launch::async, std::move(f));
  }
};

struct AtOnce {
  template <class F>
  void execute(F&& f) const {
    std::forward<F>(f)();
  }
};

TEST(Propagating, RunsInTheContextOfTheCall) {
  Queue queue;
  const auto executor = weft::propagating(Handle(queue));
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    executor.execute([&] { seen = user.get(); });
    user.set("later");
  });
  queue.run();
  EXPECT_EQ(seen, "ann");
}

TEST(Propagating, WhatItSetsNobodyElseSees) {
  Queue queue;
  const auto executor = weft::propagating(Handle(queue));
  std::string seen;
  executor.execute([] { user.set("ann"); });
  executor.execute([&] { seen = user.get(); });
  queue.run();
  EXPECT_EQ(seen, "nobody");
  EXPECT_EQ(user.get(), "nobody");
}

TEST(Propagating, TheThreadHasItsContextBackAfterAnException) {
  const auto executor = weft::propagating(AtOnce());
  const auto scope = user.scoped("mine");
  EXPECT_THROW(executor.execute([] {
    user.set("ann");
    throw std::runtime_error("told");
  }),
               std::runtime_error);
  EXPECT_EQ(user.get(), "mine");
}

TEST(Propagating, KeepsTheCurrentSpanAsParent) {
  Recorded recorded;
  Queue queue;
  const auto executor = weft::propagating(Handle(queue));
  weft::SpanContext outer;
  {
    auto span = tracer.start("outer");
    outer = span.context();
    executor.execute([] { auto inner = tracer.start("inner"); });
  }
  queue.run();
  EXPECT_EQ(recorded.span("inner").parent.span_id(), outer.span_id());
}

TEST(Propagating, PassesFurtherArgumentsAndResultsOn) {
  Queue queue;
  auto executor = weft::propagating(Handle(queue));
  std::string seen;
  const int priority = weft::Context().run([&] {
    user.set("ann");
    return executor.post([&] { seen = user.get(); }, 7);
  });
  queue.run();
  EXPECT_EQ(priority, 7);
  EXPECT_EQ(seen, "ann");
}

TEST(Propagating, HasDispatchWhereItsExecutorHas) {
  Queue queue;
  std::string seen;
  weft::propagating(Handle(queue)).dispatch([&] { seen = user.get_or("nobody"); });
  EXPECT_EQ(seen, "nobody");
}

template <class Executor>
concept Posts = requires(Executor executor, void (*f)()) { executor.post(f); };
template <class Executor>
concept Dispatches = requires(Executor executor, void (*f)()) { executor.dispatch(f); };
template <class Executor>
concept Executes = requires(Executor executor, void (*f)()) { executor.execute(f); };

TEST(Propagating, HasOnlyWhatItsExecutorHas) {
  using Executor = weft::PropagatingExecutor<AtOnce>;
  static_assert(Executes<Executor>);
  static_assert(!Posts<Executor>);
  static_assert(!Dispatches<Executor>);
}

TEST(Propagating, HoldsAPoolByReference) {
  Pool pool;
  const auto executor = weft::propagating(pool);
  std::future<std::string> seen = weft::Context().run([&] {
    user.set("ann");
    return executor.post([] { return user.get(); });
  });
  EXPECT_EQ(seen.get(), "ann");
}

TEST(Propagating, HoldsWhatIsInARefByReference) {
  AtOnce executor;
  EXPECT_EQ(&weft::propagating(std::ref(executor)).get_inner_executor(), &executor);
}

TEST(Propagating, TakesMoveOnlyFunctions) {
  int seen = 0;
  weft::propagating(AtOnce()).execute([&, value = std::make_unique<int>(3)] { seen = *value; });
  EXPECT_EQ(seen, 3);
}

TEST(Propagating, IsEqualToItsCopiesAlone) {
  Queue one;
  Queue other;
  const auto executor = weft::propagating(Handle(one));
  const auto copy = executor;
  EXPECT_TRUE(executor == copy);
  EXPECT_TRUE(executor != weft::propagating(Handle(other)));
}

TEST(Propagating, IsAnExecutorForTasks) {
  Queue queue;
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    weft::spawn(weft::propagating(Handle(queue)), [](std::string& out) -> weft::Task<> {
      out = user.get();
      co_return;
    }(seen));
  });
  queue.run();
  EXPECT_EQ(seen, "ann");
}

TEST(Propagating, IsAnExecutorItself) {
  Queue queue;
  std::string seen;
  weft::Context().run([&] {
    user.set("ann");
    weft::propagating(weft::propagating(Handle(queue))).execute([&] { seen = user.get(); });
  });
  queue.run();
  EXPECT_EQ(seen, "ann");
}

}  // namespace
