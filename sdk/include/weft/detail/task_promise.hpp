// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include <weft/detail/scoped_awaiter.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

template <class T = void>
class Task;
template <class A>
class InContext;

namespace detail {

template <class T>
class ChildAwaiter;

/// What a coroutine may `co_await` when it belongs to a task.
class TaskAwaits : public TaskFrame {
 public:
  template <class T>
  ChildAwaiter<T> await_transform(Task<T>&& task) noexcept {
    return {std::move(task), *this};
  }
  /// Awaiting a task uses it up, by whatever name.
  template <class T>
  ChildAwaiter<T> await_transform(Task<T>& task) noexcept {
    return {std::move(task), *this};
  }
  template <class A>
  ScopedAwaiter<InContext<A>> await_transform(InContext<A>&& awaitable) {
    awaitable.share_current();
    return {std::move(awaitable), *this};
  }
  template <class A>
  ScopedAwaiter<A> await_transform(A&& awaitable) {
    return {static_cast<A&&>(awaitable), *this};
  }
};

/// What all `Task` promises have in common.
class TaskPromiseBase : public TaskAwaits {
 public:
  struct FinalAwaiter {
    FinalAwaiter() noexcept {}  // no aggregate: gcc 12 copies those of an await wrongly
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[gnu::noinline]] std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> handle) const noexcept {
      return handle.promise().finish();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error_ = std::current_exception(); }

  void set_awaiting(std::coroutine_handle<> awaiting, bool in_task) noexcept {
    awaiting_ = awaiting;
    awaits_in_task_ = in_task;
  }
  const std::exception_ptr& error() const noexcept { return error_; }
  void rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  std::coroutine_handle<> finish() const noexcept {
    TaskScope& task = scope();
    if (awaiting_ != nullptr) return task.finish_child(awaiting_, awaits_in_task_);
    task.leave();
    return task.done(task);
  }

  std::coroutine_handle<> awaiting_;  // null: the outermost
  bool awaits_in_task_ = false;
  std::exception_ptr error_;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U = T>
    requires std::constructible_from<T, U&&>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <class T>
class TaskPromise<T&> : public TaskPromiseBase {
 public:
  Task<T&> get_return_object() noexcept;
  void return_value(T& value) noexcept { value_ = &value; }
  T& take() {
    rethrow();
    return *value_;
  }

 private:
  T* value_ = nullptr;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

}  // namespace detail

}  // namespace weft::inline v0
