// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `co_await x` calls, as C++20 [expr.await] finds it.

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

template <class A>
concept HasMemberAwait =
    requires(A&& awaitable) { static_cast<A&&>(awaitable).operator co_await(); };
template <class A>
concept HasFreeAwait = requires(A&& awaitable) { operator co_await(static_cast<A&&>(awaitable)); };

/// The awaiter of `awaitable`; itself, by reference, when it is one.
template <class A>
decltype(auto) awaiter_of(A&& awaitable) {
  if constexpr (HasMemberAwait<A>) {
    return static_cast<A&&>(awaitable).operator co_await();
  } else if constexpr (HasFreeAwait<A>) {
    return operator co_await(static_cast<A&&>(awaitable));
  } else {
    return static_cast<std::remove_reference_t<A>&>(awaitable);
  }
}
template <class A>
using AwaiterOf = decltype(awaiter_of(std::declval<A>()));

template <class A>
concept Awaitable = requires(AwaiterOf<A> awaiter) {
  static_cast<bool>(awaiter.await_ready());
  awaiter.await_resume();
};

template <class A>
using AwaitedReference = decltype(std::declval<AwaiterOf<A>&>().await_resume());
/// The type of `co_await a` as a value; an lvalue stays one.
template <class A>
using Awaited = std::conditional_t<std::is_rvalue_reference_v<AwaitedReference<A>>,
                                   std::remove_cvref_t<AwaitedReference<A>>, AwaitedReference<A>>;

/// How an awaitable is kept while it is awaited: a temporary by value if it can be moved, since it
/// may come from inside a promise's own await_transform.
template <class A>
using KeptAwaitable = std::conditional_t<!std::is_reference_v<A> && std::move_constructible<A>,
                                         std::remove_cv_t<A>, A&&>;

/// An awaitable, kept, and what is asked in its place. One object unless the type has an
/// `operator co_await`: the way to it is then one word of the coroutine's frame, which every
/// suspension writes and reads again.
template <class A>
class KeptAwaiter {
 public:
  explicit KeptAwaiter(A&& its_awaitable) : awaitable_(static_cast<A&&>(its_awaitable)) {}
  auto& get() noexcept { return static_cast<std::remove_reference_t<A>&>(awaitable_); }

 private:
  KeptAwaitable<A> awaitable_;
};
template <class A>
  requires(HasMemberAwait<A> || HasFreeAwait<A>)
class KeptAwaiter<A> {
 public:
  explicit KeptAwaiter(A&& its_awaitable)
      : awaitable_(static_cast<A&&>(its_awaitable)),
        awaiter_(awaiter_of(static_cast<A&&>(awaitable_))) {}
  auto& get() noexcept { return awaiter_; }

 private:
  KeptAwaitable<A> awaitable_;
  AwaiterOf<A> awaiter_;
};

}  // namespace weft::inline v0::detail
