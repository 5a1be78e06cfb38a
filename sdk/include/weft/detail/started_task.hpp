// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <weft/detail/task_promise.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// A task as those see it who run it.
template <class T>
class StartedTask {
 public:
  using Promise = TaskPromise<T>;

  explicit StartedTask(Task<T>&& its_task) noexcept : task_(std::move(its_task)) {}

  void check() const {
    if (!task_) throw std::logic_error("weft::Task awaited twice, or after it was moved from");
  }
  std::coroutine_handle<> handle() const noexcept { return task_.handle_; }
  Promise& promise() const noexcept { return task_.handle_.promise(); }
  T take() { return promise().take(); }
  void destroy() noexcept { task_ = Task<T>(); }

 private:
  Task<T> task_;
};

/// A task awaited in another: it shares that one's scope, nothing is exchanged.
template <class T>
class ChildAwaiter {
 public:
  ChildAwaiter(Task<T>&& its_task, TaskFrame& its_frame) noexcept
      : frame_(its_frame), task_(std::move(its_task)) {}
  ChildAwaiter(const ChildAwaiter&) = delete;
  ChildAwaiter& operator=(const ChildAwaiter&) = delete;
  ~ChildAwaiter() {
    if (!is_waiting_) return;
    task_.destroy();
    frame_.begin_destruction();
  }

  bool await_ready() const {
    task_.check();
    return false;
  }
  template <class Promise>
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    constexpr bool kInTask = std::is_base_of_v<TaskPromiseBase, Promise>;
    is_waiting_ = true;
    TaskScope& scope = frame_.scope();
    task_.promise().join(scope);
    task_.promise().set_awaiting(handle, kInTask);
    return scope.run_child(task_.handle(), handle, kInTask);
  }
  T await_resume() {
    is_waiting_ = false;
    return task_.take();
  }

 private:
  TaskFrame& frame_;
  bool is_waiting_ = false;
  StartedTask<T> task_;
};

/// Where several arrive, in any order and on any thread, and the last one resumes who waits.
class Rendezvous {
 public:
  /// Of `parties` and the one who waits.
  explicit Rendezvous(std::size_t parties) noexcept : missing_(parties + 1) {}

  void set_awaiting(std::coroutine_handle<> awaiting) noexcept { awaiting_ = awaiting; }
  /// What is to be resumed. Not last: this object may be gone.
  std::coroutine_handle<> arrive() noexcept {
    // Read first: who comes after us may end the wait.
    const std::coroutine_handle<> awaiting = awaiting_;
    return missing_.fetch_sub(1, std::memory_order_acq_rel) == 1 ? awaiting : resume_nothing();
  }
  /// What await_suspend returns when everything has been started.
  bool has_to_wait() noexcept { return missing_.fetch_sub(1, std::memory_order_acq_rel) != 1; }

 private:
  std::atomic<std::size_t> missing_;
  std::coroutine_handle<> awaiting_;
};

}  // namespace weft::inline v0::detail
