// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <weft/detail/root_awaiter.hpp>
#include <weft/detail/task_promise.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// A coroutine that starts when it is awaited, runs in the context of who awaits it and gives a T
/// (which may be a reference, or void):
///
///     weft::Task<int> handle(Request request) {
///       auto span = tracer.start("handle");
///       co_await timer.expires();  // span and variables are current again, on whichever thread
///       co_return 1;
///     }
///
/// Spans and variables follow it over every `co_await` and are not seen by what runs on the thread
/// meanwhile. Move-only; owns the coroutine. Awaiting uses it up: awaited again, or after a move,
/// it throws std::logic_error. Started by `co_await`, `sync_wait`, `when_all`, `when_any` or
/// `spawn`. Awaiting takes no stack: tasks may await one another 100,000 deep. Destroyed while
/// suspended, its spans end without an escaped exception and the context of who destroys it is
/// untouched. One thread at a time; a forked child may go on with the tasks of the thread that
/// forked.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  /// Nothing to await.
  Task() noexcept = default;
  Task(Task&& its_other) noexcept : handle_(std::exchange(its_other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task gone(std::move(*this));
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }
  ~Task() {
    if (handle_ != nullptr) handle_.destroy();
  }

  /// There is a coroutine to await.
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  /// For coroutine types that know nothing of contexts: the task runs in a copy of the context
  /// current there, or in that one itself where `in_context` awaits it.
  detail::RootAwaiter<T> operator co_await() && { return {std::move(*this)}; }
  detail::RootAwaiter<T> operator co_await() & { return {std::move(*this)}; }

 private:
  friend promise_type;
  template <class U>
  friend class detail::StartedTask;
  explicit Task(std::coroutine_handle<promise_type> its_handle) noexcept : handle_(its_handle) {}

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
template <class T>
Task<T&> TaskPromise<T&>::get_return_object() noexcept {
  return Task<T&>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace detail

}  // namespace weft::inline v0
