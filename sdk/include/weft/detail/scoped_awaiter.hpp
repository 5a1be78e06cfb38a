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
  ScopedAwaiter(A&& its_awaitable, TaskFrame& its_frame)
      : frame_(its_frame), awaiter_(static_cast<A&&>(its_awaitable)) {}
  ScopedAwaiter(const ScopedAwaiter&) = delete;
  ScopedAwaiter& operator=(const ScopedAwaiter&) = delete;
  ~ScopedAwaiter() {
    if (waiting_ != nullptr) frame_.begin_destruction();
  }

  bool await_ready() { return static_cast<bool>(awaiter_.get().await_ready()); }

  // What `suspend` needs goes in registers: the coroutine has just written it to its frame, and to
  // read it from there again would be most of what a suspension takes.
  template <class Promise>
  auto await_suspend(std::coroutine_handle<Promise> handle) {
    return suspend(handle, awaiter_.get(), frame_.scope(), *this);
  }

  decltype(auto) await_resume() {
    if (waiting_ != nullptr) {
      waiting_->resume();
      waiting_ = nullptr;  // after the call, so that the compiler still knows it in our destructor
    }
    return awaiter_.get().await_resume();
  }

 private:
  using Awaiter = std::remove_reference_t<decltype(std::declval<KeptAwaiter<A>&>().get())>;

  // Not inline: some compilers keep the locals of an inlined await_suspend in the coroutine's
  // frame, which may be gone by then.
  template <class Promise>
  [[gnu::noinline]] static auto suspend(std::coroutine_handle<Promise> handle, Awaiter& awaiter,
                                        TaskScope& scope, ScopedAwaiter& self) {
    TransferLoop* const loop = scope.loop;
    self.waiting_ = &scope;
    if (!scope.leave_inline()) [[unlikely]]
      return suspend_slowly(handle, awaiter, scope, self);
    return give_away(handle, awaiter, scope, self, loop);
  }
  template <class Promise>
  [[gnu::noinline]] static auto suspend_slowly(std::coroutine_handle<Promise> handle,
                                               Awaiter& awaiter, TaskScope& scope,
                                               ScopedAwaiter& self) {
    TransferLoop* const loop = scope.loop;
    scope.leave();
    return give_away(handle, awaiter, scope, self, loop);
  }

  template <class Promise>
  static auto give_away(std::coroutine_handle<Promise> handle, Awaiter& awaiter, TaskScope& scope,
                        ScopedAwaiter& self, TransferLoop* loop) {
    using Result = decltype(awaiter.await_suspend(handle));
    if constexpr (kJoins<A>) offer_scope(&scope, nullptr);
    try {
      if constexpr (std::is_void_v<Result>) {
        awaiter.await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(nullptr, nullptr);
      } else if constexpr (std::is_convertible_v<Result, std::coroutine_handle<>>) {
        const std::coroutine_handle<> next = awaiter.await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(&scope, next.address());
        return next;
      } else {
        const bool waits = awaiter.await_suspend(handle);
        if constexpr (kJoins<A>) offer_scope(nullptr, nullptr);
        if (!waits) self.go_on(scope, loop);
        return waits;
      }
    } catch (...) {
      self.go_on(scope, loop);
      throw;
    }
  }

  // It did not wait after all; `loop` is that of the same run.
  void go_on(TaskScope& scope, TransferLoop* loop) noexcept {
    waiting_ = nullptr;
    scope.enter();
    scope.loop = loop;
  }

  TaskFrame& frame_;
  TaskScope* waiting_ = nullptr;  // left, and not entered again yet
  KeptAwaiter<A> awaiter_;
};

}  // namespace weft::inline v0::detail
