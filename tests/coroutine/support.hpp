// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

namespace weft::testing {

inline const weft::ContextVar<std::string> user{"user"};
inline const weft::ContextVar<int> depth{"depth", 0};

/// What `co_await` resumes later, by hand: one waiter.
class Event {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { waiting_ = handle; }
  void await_resume() const noexcept {}
  bool is_awaited() const noexcept { return waiting_ != nullptr; }
  void set() { std::exchange(waiting_, nullptr).resume(); }

 private:
  std::coroutine_handle<> waiting_;
};

/// Threads that run what they are given, in order; ended by the destructor.
class Pool {
 public:
  explicit Pool(int threads = 1) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void post(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }
  /// What `f` gives on one of the threads.
  template <class F>
  auto ask(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto answer = task.get_future();
    post([&task] { task(); });
    return answer.get();
  }

  class Hop {
   public:
    explicit Hop(Pool& pool) : pool_(&pool) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      pool_->post([handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}

   private:
    Pool* pool_;
  };
  /// Awaited, it goes on on one of the threads.
  Hop hop() { return Hop(*this); }

  /// A copyable handle, as executors are.
  class Executor {
   public:
    explicit Executor(Pool& pool) : pool_(&pool) {}
    void execute(std::function<void()> job) const { pool_->post(std::move(job)); }

   private:
    Pool* pool_;
  };
  Executor executor() { return Executor(*this); }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return is_ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

/// A third party's eager, detached coroutine type.
struct Foreign {
  struct promise_type {
    Foreign get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

/// A third party's lazy coroutine type that is awaited.
class ForeignTask {
 public:
  struct promise_type {
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> handle) const noexcept {
        return handle.promise().awaiting;
      }
      void await_resume() const noexcept {}
    };
    ForeignTask get_return_object() noexcept {
      return ForeignTask(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }
    std::coroutine_handle<> awaiting = std::noop_coroutine();
    std::exception_ptr error;
  };
  ForeignTask(ForeignTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~ForeignTask() {
    if (handle_ != nullptr) handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().awaiting = awaiting;
    return handle_;
  }
  void await_resume() const {
    if (handle_.promise().error != nullptr) std::rethrow_exception(handle_.promise().error);
  }
  void start() const { handle_.resume(); }
  void destroy() { std::exchange(handle_, nullptr).destroy(); }

 private:
  explicit ForeignTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

/// Starts a task that is left suspended; destroys it with itself.
class Held {
 public:
  explicit Held(weft::Task<void> task) { run(std::move(task)); }
  ~Held() { destroy(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  void destroy() {
    if (handle_ != nullptr) std::exchange(handle_, nullptr).destroy();
  }

  struct promise_type {
    explicit promise_type(Held& held, weft::Task<void>&) : held_(&held) {
      held.handle_ = std::coroutine_handle<promise_type>::from_promise(*this);
    }
    void get_return_object() const noexcept {}
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { held_->error_ = std::current_exception(); }

   private:
    Held* held_;
  };
  std::exception_ptr error() const { return error_; }

 private:
  void run(weft::Task<void> task);
  std::coroutine_handle<promise_type> handle_;
  std::exception_ptr error_;
};

}  // namespace weft::testing

template <>
struct std::coroutine_traits<void, weft::testing::Held&, weft::Task<void>> {
  using promise_type = weft::testing::Held::promise_type;
};

namespace weft::testing {
inline void Held::run(weft::Task<void> task) { co_await task; }
}  // namespace weft::testing
