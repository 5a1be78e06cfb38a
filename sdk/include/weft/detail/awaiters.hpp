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
concept HasMemberAwait = requires(A&& a) { static_cast<A&&>(a).operator co_await(); };
template <class A>
concept HasFreeAwait = requires(A&& a) { operator co_await(static_cast<A&&>(a)); };

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

}  // namespace weft::inline v0::detail
