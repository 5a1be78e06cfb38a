// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

#include <weft/detail/awaiters.hpp>
#include <weft/detail/lent_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

template <class A>
class InContextAwaiter {
 public:
  InContextAwaiter(A&& its_awaitable, ContextBridge&& its_bridge)
      : bridge_(std::move(its_bridge)), awaiter_(awaiter_of(static_cast<A&&>(its_awaitable))) {}
  InContextAwaiter(const InContextAwaiter&) = delete;
  InContextAwaiter& operator=(const InContextAwaiter&) = delete;

  bool await_ready() { return static_cast<bool>(awaiter_.await_ready()); }

  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> awaiting) {
    using Result = decltype(awaiter_.await_suspend(awaiting));
    const std::coroutine_handle<> bridge = bridge_.prepare(awaiting);
    bool waits = true;
    {
      LentContext lent(bridge_.context(), bridge_.owner(), &bridge_);
      if constexpr (std::is_void_v<Result>) {
        awaiter_.await_suspend(bridge);
      } else if constexpr (std::is_convertible_v<Result, std::coroutine_handle<>>) {
        std::coroutine_handle<>(awaiter_.await_suspend(bridge)).resume();
      } else {
        waits = awaiter_.await_suspend(bridge);
      }
      waits = waits && !lent.is_finished();
      if (waits) lent.forget();
    }
    if (waits) return true;  // the coroutine may be elsewhere, or gone
    bridge_.cancel();
    return bridge_.complete_at_once();
  }

  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  ContextBridge bridge_;
  AwaiterOf<A> awaiter_;
};

}  // namespace detail

/// What `in_context` returns: to be awaited at once.
template <class A>
class [[nodiscard]] InContext {
 public:
  explicit InContext(A&& its_awaitable) : awaitable_(static_cast<A&&>(its_awaitable)) {}

  detail::InContextAwaiter<A> operator co_await() && {
    return {static_cast<A&&>(awaitable_), std::move(bridge_)};
  }
  /// For awaiting coroutines of ours: they wait, so their context may be lent as it is.
  void share_current() noexcept { bridge_.share_current(); }

 private:
  detail::KeptAwaitable<A> awaitable_;
  detail::ContextBridge bridge_;
};

/// Awaits `awaitable` in the context of the awaiting coroutine, where one of the two is of a
/// coroutine type that cannot be changed:
///
///     co_await weft::in_context(third_party());  // in a Task: what it runs until it first
///     suspends
///                                                // sees this context and may change it
///     co_await weft::in_context(timer.expires());  // in a coroutine of a third party's type: goes
///                                                  // on in its context, on whichever thread
///
/// Also for an awaitable that reads the context in its await_suspend, as one does that sends a
/// request: without it that runs in what was current before the task.
/// In a third party's coroutine that no Task awaits by `in_context`, the first such wait makes a
/// copy of the context current there, and the coroutine goes on in that one. A `co_await` without
/// `in_context` in such a coroutine loses it. The awaitable must take a `std::coroutine_handle<>`.
/// One allocation for each wait. Where it is called as a coroutine of a third party's type is
/// destroyed while suspended, spans that are open in it count as misuse; nothing else is disturbed.
template <class A>
  requires detail::Awaitable<A>
InContext<A> in_context(A&& awaitable) {
  return InContext<A>(static_cast<A&&>(awaitable));
}

}  // namespace weft::inline v0
