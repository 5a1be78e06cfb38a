// SPDX-License-Identifier: Apache-2.0
// Many requests at a time, none of which sees another's values.
#include <gtest/gtest.h>
#include <weft/coroutine.hpp>
#include <weft/executor.hpp>
#include <weft/request_context.hpp>

#include <atomic>
#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using weft::RequestContext;

constexpr int kThreads = 8;
constexpr int kRequests = 10'000;
constexpr int kSteps = 5;

/// Runs steps on 8 threads in no particular order; a step may add another.
class Pool {
 public:
  void add(std::function<void()> step) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(step));
  }
  void run() {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this] {
        while (const auto step = take()) (*step)();
      });
    }
  }

 private:
  std::optional<std::function<void()>> take() {
    const std::lock_guard lock(mutex_);
    if (steps_.empty()) return std::nullopt;
    std::function<void()> step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }
  std::mutex mutex_;
  std::deque<std::function<void()>> steps_;
};

std::string user_of(int request) { return "user-" + std::to_string(request); }

// All requests begin before the first ends: each step goes to the end of the queue, bound to what
// its request is then.
void take_step(Pool& pool, int request, int step, std::atomic<int>& done) {
  ASSERT_EQ(RequestContext::user_id(), user_of(request));
  ASSERT_EQ(RequestContext::get<int>("step"), step);
  ASSERT_EQ(RequestContext::all().size(), 2U);
  RequestContext::set("step", step + 1);
  if (step + 1 == kSteps) {
    ++done;
    return;
  }
  pool.add(weft::bind([&pool, &done, request, step] { take_step(pool, request, step + 1, done); }));
}

TEST(RequestIsolation, HoldsForTenThousandRequestsThatInterleaveOnEightThreads) {
  Pool pool;
  std::atomic<int> done{0};
  for (int request = 0; request < kRequests; ++request) {
    auto guard = RequestContext::scope({{"user_id", user_of(request)}, {"step", 0}});
    pool.add(weft::bind([&pool, &done, request] { take_step(pool, request, 0, done); }));
  }
  pool.run();
  EXPECT_EQ(done, kRequests);
}

TEST(RequestIsolation, HoldsForThreadsThatServeOneRequestAfterTheOther) {
  std::atomic<int> next{0};
  const auto serve = [&next] {
    for (int request = next++; request < kRequests; request = next++) {
      ASSERT_FALSE(RequestContext::is_initialized());
      RequestContext::init();
      ASSERT_THROW(RequestContext::user_id(), weft::LookupError);
      RequestContext::set_user_id(user_of(request));
      std::this_thread::yield();
      ASSERT_EQ(RequestContext::user_id(), user_of(request));
      RequestContext::clear();
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(serve);
}

/// Where a coroutine goes on: on some thread of the pool, at the end of its queue.
class Hop {
 public:
  explicit Hop(Pool& pool) noexcept : pool_(pool) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { pool_.add(handle); }
  void await_resume() const noexcept {}

 private:
  Pool& pool_;
};

class Executor {
 public:
  explicit Executor(Pool& pool) noexcept : pool_(&pool) {}
  template <class F>
  void execute(F f) const {
    pool_->add([shared = std::make_shared<F>(std::move(f))] { (*shared)(); });
  }

 private:
  Pool* pool_;
};

weft::Task<void> serve(Pool& pool, int request, std::atomic<int>& done) {
  RequestContext::init({{"user_id", user_of(request)}});
  for (int step = 0; step < kSteps; ++step) {
    RequestContext::set("step", step);
    Hop hop(pool);
    co_await hop;
    if (RequestContext::user_id() != user_of(request)) co_return;
    if (RequestContext::get<int>("step") != step) co_return;
  }
  ++done;
}

TEST(RequestIsolation, HoldsForTenThousandCoroutinesThatHopOverEightThreads) {
  Pool pool;
  std::atomic<int> done{0};
  for (int request = 0; request < kRequests; ++request) {
    weft::spawn(Executor(pool), serve(pool, request, done));
  }
  pool.run();
  EXPECT_EQ(done, kRequests);
}

}  // namespace
