// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <utility>

#include <weft/detail/awaiters.hpp>
#include <weft/detail/task_promise.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

/// A promise's own scope: outlives what is destroyed in it.
class PromiseScope {
 protected:
  CopiedScope own_;
};

}  // namespace detail

/// The base that makes a user's own coroutine type context-correct:
///
///     struct promise_type : weft::ContextPromise { … };
///
/// The coroutine runs in a copy of the context current where it was called; one that starts when it
/// is awaited by a Task, or by a coroutine of such a type, shares that one's context instead.
/// A promise with suspensions of its own wraps what they await: `initial_suspend` returns
/// `starting(awaiter)`, `final_suspend` `finishing(awaiter)`, `yield_value` `yielding(awaiter)`.
/// One with an own `await_transform` ends it with `return ContextPromise::await_transform(x)`. A
/// generator keeps its copy: what it sets, its consumer does not see. The coroutine may be resumed
/// and destroyed on any thread, by one at a time.
class ContextPromise : private detail::PromiseScope, public detail::TaskAwaits {
 public:
  ContextPromise() noexcept { join(own_); }

  /// Around what `initial_suspend` returns, lazy or eager.
  template <class A>
  auto starting(A awaiter) noexcept {
    return Starting<A>(std::move(awaiter), *this);
  }
  /// Around what `final_suspend` returns.
  template <class A>
  auto finishing(A awaiter) noexcept {
    return Finishing<A>(std::move(awaiter), *this);
  }
  /// Around what `yield_value` returns.
  template <class A>
  auto yielding(A awaiter) {
    return detail::ScopedAwaiter<A>(std::move(awaiter), *this);
  }

  /// Lazy, and suspended at its end.
  auto initial_suspend() noexcept { return starting(std::suspend_always()); }
  auto final_suspend() noexcept { return finishing(std::suspend_always()); }

 private:
  template <class A>
  class Starting {
   public:
    Starting(A&& its_awaiter, ContextPromise& its_promise) noexcept
        : awaiter_(std::move(its_awaiter)), promise_(its_promise) {}
    bool await_ready() noexcept(noexcept(std::declval<A&>().await_ready())) {
      return static_cast<bool>(awaiter_.await_ready());
    }
    template <class Promise>
    auto await_suspend(std::coroutine_handle<Promise> handle) noexcept(
        noexcept(std::declval<A&>().await_suspend(handle))) {
      promise_.frame_ = handle.address();
      return awaiter_.await_suspend(handle);
    }
    decltype(auto) await_resume() noexcept(noexcept(std::declval<A&>().await_resume())) {
      promise_.start();
      return awaiter_.await_resume();
    }

   private:
    A awaiter_;
    ContextPromise& promise_;
  };

  template <class A>
  class Finishing {
   public:
    Finishing(A&& its_awaiter, ContextPromise& its_promise) noexcept
        : awaiter_(std::move(its_awaiter)), promise_(its_promise) {}
    bool await_ready() noexcept {
      const bool is_ready = static_cast<bool>(awaiter_.await_ready());
      promise_.scope().leave();
      return is_ready;
    }
    template <class Promise>
    auto await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      return awaiter_.await_suspend(handle);
    }
    decltype(auto) await_resume() noexcept { return awaiter_.await_resume(); }

   private:
    A awaiter_;
    ContextPromise& promise_;
  };

  void start() noexcept {
    if (detail::TaskScope* awaiting = detail::take_offered_scope(frame_)) {
      join(*awaiting);
      own_.drop();
    }
    scope().enter();
  }

  void* frame_ = nullptr;
};

}  // namespace weft::inline v0
