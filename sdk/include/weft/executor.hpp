// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <functional>
#include <future>
#include <tuple>
#include <type_traits>
#include <utility>

#include <weft/context.hpp>

namespace weft::inline v0 {

/// A callable with the context that was current when it was made: what `bind` returns. Each call
/// runs in its own copy of that context, so calls may overlap. Copyable when F and Bound are.
template <class F, class... Bound>
class BoundFunction {
 public:
  template <class G, class... B>
  explicit BoundFunction(std::in_place_t, G&& its_function, B&&... bound)
      : context_(copy_context()),
        f_(std::forward<G>(its_function)),
        bound_(std::forward<B>(bound)...) {}
  /// In a context of an earlier moment.
  template <class G>
  BoundFunction(Context its_context, std::in_place_t, G&& its_function)
      : context_(std::move(its_context)), f_(std::forward<G>(its_function)) {}

  template <class... Call>
    requires(std::invocable<F&, Bound&..., Call...> || std::invocable<F&, Call..., Bound&...>)
  decltype(auto) operator()(Call&&... call) {
    return call_in(Context(context_), f_, bound_, std::forward<Call>(call)...);
  }
  template <class... Call>
    requires(std::invocable<const F&, const Bound&..., Call...> ||
             std::invocable<const F&, Call..., const Bound&...>)
  decltype(auto) operator()(Call&&... call) const {
    return call_in(Context(context_), f_, bound_, std::forward<Call>(call)...);
  }
  /// For what can be called but once: with arguments that are moved into the call.
  template <class... Call>
    requires(!std::invocable<F&, Bound&..., Call...> && !std::invocable<F&, Call..., Bound&...> &&
             (std::invocable<F, Bound..., Call...> || std::invocable<F, Call..., Bound...>))
  decltype(auto) operator()(Call&&... call) && {
    return std::apply(
        [&](auto&... its_bound) -> decltype(auto) {
          if constexpr (std::invocable<F, Bound..., Call...>) {
            return context_.run(std::move(f_), std::move(its_bound)...,
                                std::forward<Call>(call)...);
          } else {
            return context_.run(std::move(f_), std::forward<Call>(call)...,
                                std::move(its_bound)...);
          }
        },
        bound_);
  }

 private:
  template <class G, class Tuple, class... Call>
  static decltype(auto) call_in(Context context, G& function, Tuple& bound, Call&&... call) {
    return std::apply(
        [&]<class... B>(B&... its_bound) -> decltype(auto) {
          if constexpr (std::invocable<G&, B&..., Call...>) {
            return context.run(function, its_bound..., std::forward<Call>(call)...);
          } else {  // a stop token comes first by convention
            return context.run(function, std::forward<Call>(call)..., its_bound...);
          }
        },
        bound);
  }

  Context context_;
  F f_;
  std::tuple<Bound...> bound_;
};

/// `f` with the context current now: `std::jthread worker(weft::bind(f));`. Keeps the signature,
/// accepts move-only callables; `args` are kept and passed before the call's own arguments.
template <class F, class... Args>
auto bind(F&& function, Args&&... args) {
  return BoundFunction<std::decay_t<F>, std::decay_t<Args>...>(
      std::in_place, std::forward<F>(function), std::forward<Args>(args)...);
}

/// `std::async` (launch::async) in a copy of the current context.
template <class F, class... Args>
  requires(!std::same_as<std::remove_cvref_t<F>, std::launch>)
auto async(F&& function, Args&&... args) {
  return std::async(std::launch::async, bind(std::forward<F>(function)),
                    std::forward<Args>(args)...);
}
template <class F, class... Args>
auto async(std::launch policy, F&& function, Args&&... args) {
  return std::async(policy, bind(std::forward<F>(function)), std::forward<Args>(args)...);
}

}  // namespace weft::inline v0

#include <weft/propagating_executor.hpp>
