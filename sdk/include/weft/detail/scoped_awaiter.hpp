// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

#include <weft/detail/awaiters.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {
class ContextPromise;
}  // namespace weft::inline v0

namespace weft::inline v0::detail {

/// A coroutine type whose promise is context-correct: awaited, it joins the awaiting task.
template <class A, class = void>
inline constexpr bool kJoins = false;
template <class A>
inline constexpr bool kJoins<A, std::void_t<typename std::remove_cvref_t<A>::promise_type>> =
    std::is_base_of_v<ContextPromise, typename std::remove_cvref_t<A>::promise_type>;

/// Any awaitable, awaited in a task: the task's context is left before the coroutine's handle goes
/// to the awaiter, and is current again when the coroutine goes on, on whichever thread.
/// What is ready, or decides in await_suspend not to wait, changes nothing.
template <class A>
class ScopedAwaiter {
 public:
  ScopedAwaiter(A&& awaitable, TaskFrame& frame)
      : frame_(frame), awaiter_(static_cast<A&&>(awaitable)) {}
  ScopedAwaiter(const ScopedAwaiter&) = delete;
  ScopedAwaiter& operator=(const ScopedAwaiter&) = delete;
  ~ScopedAwaiter() {
    if (is_waiting_) frame_.begin_destruction();
  }

  bool await_ready() { return static_cast<bool>(awaiter_.get().await_ready()); }

  // Not inline: some compilers keep the locals of an inlined await_suspend in the coroutine's
  // frame, which may be gone by then.
  template <class Promise>
  [[gnu::noinline]] auto await_suspend(std::coroutine_handle<Promise> handle) {
    using Result = decltype(awaiter_.get().await_suspend(handle));
    is_waiting_ = true;
    TaskScope& scope = frame_.scope();
    TransferLoop* const loop = scope.loop;
    scope.leave();
    if constexpr (kJoins<A>) offer_scope(&scope, nullptr);
    try {
      if constexpr (std::is_void_v<Result>) {
        awaiter_.get().await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(nullptr, nullptr);
      } else if constexpr (std::is_convertible_v<Result, std::coroutine_handle<>>) {
        const std::coroutine_handle<> next = awaiter_.get().await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(&scope, next.address());
        return next;
      } else {
        const bool waits = awaiter_.get().await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(nullptr, nullptr);
        if (!waits) go_on(loop);
        return waits;
      }
    } catch (...) {
      go_on(loop);
      throw;
    }
  }

  decltype(auto) await_resume() {
    if (is_waiting_) {
      frame_.scope().enter();
      is_waiting_ = false;  // after the call, so that the compiler still knows it in our destructor
    }
    return awaiter_.get().await_resume();
  }

 private:
  // It did not wait after all; `loop` is that of the same run.
  void go_on(TransferLoop* loop) noexcept {
    is_waiting_ = false;
    frame_.scope().enter();
    frame_.scope().loop = loop;
  }

  TaskFrame& frame_;
  bool is_waiting_ = false;
  KeptAwaiter<A> awaiter_;
};

}  // namespace weft::inline v0::detail
