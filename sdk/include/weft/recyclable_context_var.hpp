// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

template <class T = void>
class RecyclableContextVar;

namespace detail {
/// The recycle after which the slot was last set in the current context, also when its value is out
/// of date; 0: never set.
WEFT_API std::uint64_t last_update(std::uint32_t slot) noexcept;
}  // namespace detail

/// What all recyclable variables have in common: `RecyclableContextVar<>`.
template <>
class WEFT_API RecyclableContextVar<void> {
 public:
  /// A new request begins on this thread: every value that a recyclable variable was given before
  /// is invisible from now on, in the context that is current and in the thread's own. O(1), never
  /// throws, whatever the number of variables; nothing is walked or freed, a stale value goes when
  /// its variable is set again or its context ends. Snapshots and bound callables that were made
  /// before keep what they have: they belong to the request that made them.
  static void increment_thread_recycles() noexcept;
  /// The number of the last recycle here, 0 before the first. Counted over all threads.
  static std::uint64_t thread_recycles() noexcept;
};

/// A ContextVar for pooled threads, whose own context outlives the request: what one request set is
/// invisible to the next one once `increment_thread_recycles()` was called, which the server does
/// first thing in each request:
///
///     inline const weft::RecyclableContextVar<User> user{"user"};
///     server.before_request([] { weft::RecyclableContextVar<>::increment_thread_recycles(); });
///
/// It is a ContextVar in every other way: tokens, scopes, `Context::get`, `items()`. A value that
/// is out of date counts as unset everywhere: the default or LookupError. Resetting a token after a
/// recycle brings nothing back. The thread and fork rules are ContextVar's.
template <class T>
class RecyclableContextVar : public ContextVar<T> {
 public:
  constexpr explicit RecyclableContextVar(std::string_view name) noexcept
      : ContextVar<T>(detail::Recyclable(), name) {}
  template <class U = T>
    requires std::constructible_from<T, U&&>
  constexpr RecyclableContextVar(std::string_view name, U&& default_value)
      : ContextVar<T>(detail::Recyclable(), name, std::forward<U>(default_value)) {}

  /// The value here; where there is none, `factory()` makes one and it is set: for the companions
  /// of a request, such as a lock of its own after each recycle. The default is ignored. Throws
  /// what the factory throws; nothing is set then. The reference is good as long as that of
  /// `get()`.
  template <std::invocable F>
    requires std::constructible_from<T, std::invoke_result_t<F>>
  const T& get_or_make(F&& factory) const {
    if (const T* value = this->find()) return *value;
    this->set(T(std::invoke(std::forward<F>(factory))));
    return *this->find();
  }

  /// The update counter: the number of the recycle after which this was last set here, 0 when it
  /// never was. Less than `thread_recycles()`: what it holds is out of date.
  std::uint64_t updates() const noexcept { return detail::last_update(this->slot()); }

  static void increment_thread_recycles() noexcept {
    RecyclableContextVar<>::increment_thread_recycles();
  }
  static std::uint64_t thread_recycles() noexcept {
    return RecyclableContextVar<>::thread_recycles();
  }
};

template <class T>
RecyclableContextVar(std::string_view, T) -> RecyclableContextVar<detail::HeldDefault<T>>;

}  // namespace weft::inline v0
