// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <weft/detail/awaiters.hpp>
#include <weft/task.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

template <class A>
Task<Awaited<A>> await_as_task(KeptAwaitable<A> awaitable) {
  co_return co_await static_cast<A&&>(awaitable);
}

/// A task as it is; any other awaitable inside one. An lvalue must outlive it.
template <class T>
Task<T> as_task(Task<T>&& task) noexcept {
  return std::move(task);
}
template <class T>
Task<T> as_task(Task<T>& task) noexcept {
  return std::move(task);
}
template <Awaitable A>
auto as_task(A&& awaitable) {
  return await_as_task<A>(static_cast<A&&>(awaitable));
}

template <class A>
struct TaskValue {};
template <class T>
struct TaskValue<Task<T>> {
  using Type = T;
};
/// What a task for `A` gives.
template <class A>
using TaskResult = typename TaskValue<decltype(as_task(std::declval<A>()))>::Type;

}  // namespace weft::inline v0::detail
