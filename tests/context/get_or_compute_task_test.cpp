// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>
#include <weft/coroutine.hpp>

#include <atomic>
#include <coroutine>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

const weft::ContextVar<std::string> user{"user"};
const weft::ContextVar<int> number{"number"};
const weft::ContextVar<int> other{"other"};

/// What a coroutine waits for until somebody opens it.
class Gate {
 public:
  bool await_ready() const noexcept { return is_open_; }
  void await_suspend(std::coroutine_handle<> waiting) { waiting_.push_back(waiting); }
  void await_resume() const noexcept {}
  void open() {
    is_open_ = true;
    for (const std::coroutine_handle<> one : std::exchange(waiting_, {})) one.resume();
  }

 private:
  bool is_open_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

/// Runs what it is given at once.
struct Inline {
  template <class F>
  void execute(F&& f) const {
    std::forward<F>(f)();
  }
};

weft::Task<int> give(int value) { co_return value; }
weft::Task<int> fail() {
  throw std::runtime_error("no");
  co_return 0;
}

TEST(GetOrComputeTask, AwaitsWhatComputes) {
  weft::Context context;
  const auto body = [&]() -> weft::Task<int> {
    co_return co_await context.get_or_compute(number, [] { return give(3); });
  };
  EXPECT_EQ(weft::sync_wait(body()), 3);
  EXPECT_EQ(context.get(number), 3);
}

TEST(GetOrComputeTask, GivesAReferenceToTheSharedValue) {
  weft::Context context;
  context.run([] { user.set("u-1"); });
  const auto body = [&]() -> weft::Task<const std::string*> {
    const std::string& found = co_await context.get_or_compute(
        user, []() -> weft::Task<std::string> { co_return "computed"; });
    co_return &found;
  };
  EXPECT_EQ(weft::sync_wait(body()), context.find(user));
}

// Several coroutines ask before the first has computed.
class Askers {
 public:
  weft::Task<void> ask() {
    ++asked;
    sum += co_await context.get_or_compute(number, [this] { return compute(); });
    ++answered;
  }
  weft::Task<int> compute() {
    ++computed;
    co_await gate;
    co_return 5;
  }
  void begin(int askers) {
    for (int i = 0; i < askers; ++i) weft::spawn(Inline(), ask());
  }

  weft::Context context;
  Gate gate;
  std::atomic<int> asked{0};
  std::atomic<int> answered{0};
  std::atomic<int> computed{0};
  std::atomic<int> sum{0};
};

TEST(GetOrComputeTask, OfManyCoroutinesComputesOnce) {
  Askers askers;
  askers.begin(4);
  EXPECT_EQ(askers.asked, 4);
  EXPECT_EQ(askers.answered, 0);
  askers.gate.open();
  EXPECT_EQ(askers.answered, 4);
  EXPECT_EQ(askers.computed, 1);
  EXPECT_EQ(askers.sum, 20);
}

TEST(GetOrComputeTask, GoesOnOnAnotherThread) {
  Askers askers;
  askers.begin(4);
  std::thread([&] { askers.gate.open(); }).join();
  EXPECT_EQ(askers.sum, 20);
}

TEST(GetOrComputeTask, LeavesTheContextOfWhoComputesAlone) {
  Askers askers;
  askers.begin(4);
  weft::Context caller;
  caller.run([&] { askers.gate.open(); });
  EXPECT_EQ(caller.size(), 0U);
}

TEST(GetOrComputeTask, InParallelIsComputedOnce) {
  weft::Context context;
  int computed = 0;
  const auto ask = [&]() -> weft::Task<int> {
    co_return co_await context.get_or_compute(number, [&]() -> weft::Task<int> {
      ++computed;
      co_return 2;
    });
  };
  const auto body = [&]() -> weft::Task<int> {
    auto [first, second] = co_await weft::when_all(ask(), ask());
    co_return first + second;
  };
  EXPECT_EQ(weft::sync_wait(body()), 4);
  EXPECT_EQ(computed, 1);
}

TEST(GetOrComputeTask, PassesTheExceptionOnAndLetsTheNextOneTry) {
  weft::Context context;
  const auto body = [&]() -> weft::Task<int> {
    bool has_thrown = false;
    try {
      (void)co_await context.get_or_compute(number, [] { return fail(); });
    } catch (const std::runtime_error&) {
      has_thrown = true;
    }
    EXPECT_TRUE(has_thrown);
    co_return co_await context.get_or_compute(number, [] { return give(4); });
  };
  EXPECT_EQ(weft::sync_wait(body()), 4);
}

TEST(GetOrComputeTask, ThrowsWhenItNeedsItself) {
  weft::Context context;
  const auto inner = [&]() -> weft::Task<int> {
    co_return co_await context.get_or_compute(number, [] { return give(1); });
  };
  const auto body = [&]() -> weft::Task<int> {
    co_return co_await context.get_or_compute(number, [&] { return inner(); });
  };
  EXPECT_THROW(weft::sync_wait(body()), weft::RecursiveComputationError);
}

TEST(GetOrComputeTask, ThrowsWhenTwoNeedEachOther) {
  weft::Context context;
  Gate gate;
  int errors = 0;
  const auto cross = [&](const weft::ContextVar<int>& mine,
                         const weft::ContextVar<int>& theirs) -> weft::Task<void> {
    try {
      (void)co_await context.get_or_compute(mine, [&]() -> weft::Task<int> {
        co_await gate;
        co_return co_await context.get_or_compute(theirs, [] { return give(1); });
      });
    } catch (const weft::RecursiveComputationError&) {
      ++errors;
    }
  };
  weft::spawn(Inline(), cross(number, other));
  weft::spawn(Inline(), cross(other, number));
  gate.open();
  EXPECT_EQ(errors, 1);
}

TEST(GetOrComputeTask, ThatIsDestroyedWhileItWaitsIsForgotten) {
  Askers askers;
  askers.begin(1);
  std::optional<weft::Task<void>> waiting(askers.ask());
  struct Starter {
    struct promise_type : weft::ContextPromise {
      Starter get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
  };
  const auto start = [](weft::Task<void>& task) -> Starter { co_await task; };
  Starter starter = start(*waiting);
  starter.handle.resume();
  starter.handle.destroy();
  waiting.reset();
  askers.gate.open();
  EXPECT_EQ(askers.answered, 1);
}

TEST(GetOrComputeTask, WhoComputesMayBeDestroyedAndAnotherOneTries) {
  weft::Context context;
  Gate gate;
  const auto compute = [&]() -> weft::Task<int> {
    co_await gate;
    co_return 1;
  };
  struct Started {
    struct promise_type : weft::ContextPromise {
      Started get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
  };
  const auto start = [&]() -> Started { co_await context.get_or_compute(number, compute); };
  Started first = start();
  first.handle.resume();
  std::optional<int> answer;
  const auto ask = [&]() -> weft::Task<void> {
    answer = co_await context.get_or_compute(number, [] { return give(2); });
  };
  weft::spawn(Inline(), ask());
  EXPECT_EQ(answer, std::nullopt);
  first.handle.destroy();
  EXPECT_EQ(answer, 2);
}

}  // namespace
