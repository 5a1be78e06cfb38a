// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <weft/context.hpp>
#include <weft/detail/executes.hpp>
#include <weft/executor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// An executor that runs what it is given in a copy of the context current where it was given:
/// what `propagating` returns. It has those of `execute`, `post`, `dispatch` and `defer` that its
/// inner executor has, with the same further arguments and results. What it is given may be
/// move-only where the inner executor takes that. The thread's own context is back when the
/// function has returned or thrown. Copies are equal to one another, and may be used by several
/// threads where the inner executor may. For Asio's executors include <weft/asio.hpp>: it has one
/// that knows what an operation's initiation is.
template <class Executor>
class PropagatingExecutor {
 public:
  /// std::reference_wrapper<E> stands for E, which must outlive this.
  using Inner = std::remove_reference_t<std::unwrap_reference_t<Executor>>;

  // A template: what converts to Executor from anything must not be asked about this type.
  template <class E>
    requires std::same_as<std::remove_cvref_t<E>, Executor>
  explicit PropagatingExecutor(E&& its_inner) : inner_(std::forward<E>(its_inner)) {}

  Inner& get_inner_executor() const noexcept { return inner_; }

  template <class F, class... More>
    requires detail::Executes<Inner, BoundFunction<std::decay_t<F>>, More...>
  decltype(auto) execute(F&& function, More&&... more) const {
    return get_inner_executor().execute(bind(std::forward<F>(function)),
                                        std::forward<More>(more)...);
  }
  template <class F, class... More>
    requires detail::Posts<Inner, BoundFunction<std::decay_t<F>>, More...>
  decltype(auto) post(F&& function, More&&... more) const {
    return get_inner_executor().post(bind(std::forward<F>(function)), std::forward<More>(more)...);
  }
  template <class F, class... More>
    requires detail::Dispatches<Inner, BoundFunction<std::decay_t<F>>, More...>
  decltype(auto) dispatch(F&& function, More&&... more) const {
    return get_inner_executor().dispatch(bind(std::forward<F>(function)),
                                         std::forward<More>(more)...);
  }
  template <class F, class... More>
    requires detail::Defers<Inner, BoundFunction<std::decay_t<F>>, More...>
  decltype(auto) defer(F&& function, More&&... more) const {
    return get_inner_executor().defer(bind(std::forward<F>(function)), std::forward<More>(more)...);
  }

  decltype(auto) context() const noexcept
    requires requires(const Inner& inner) { inner.context(); }
  {
    return get_inner_executor().context();
  }
  void on_work_started() const noexcept
    requires requires(const Inner& inner) { inner.on_work_started(); }
  {
    get_inner_executor().on_work_started();
  }
  void on_work_finished() const noexcept
    requires requires(const Inner& inner) { inner.on_work_finished(); }
  {
    get_inner_executor().on_work_finished();
  }

  /// For inner executors that can be compared.
  friend bool operator==(const PropagatingExecutor& a, const PropagatingExecutor& b) noexcept {
    if constexpr (std::same_as<Inner, Executor>) {
      return a.inner_ == b.inner_;
    } else {
      return &a.get_inner_executor() == &b.get_inner_executor();
    }
  }

 private:
  mutable Executor inner_;  // an executor is a handle: using it changes something else
};

/// `auto ex = weft::propagating(pool.get_executor()); ex.execute(f);` with `execute`, `post` or
/// `dispatch`: f runs in a copy of the context current at that call. Takes an executor by value;
/// one that cannot be copied, such as a pool itself, or one in `std::ref`, by reference: it must
/// outlive what is returned.
template <class Executor>
auto propagating(Executor&& executor) {
  using Value = std::decay_t<Executor>;
  if constexpr (std::constructible_from<Value, Executor>) {
    return PropagatingExecutor<Value>(std::forward<Executor>(executor));
  } else {
    static_assert(std::is_lvalue_reference_v<Executor>,
                  "an executor that can neither be copied nor moved is passed by name");
    return PropagatingExecutor<std::reference_wrapper<std::remove_reference_t<Executor>>>(
        std::ref(executor));
  }
}

}  // namespace weft::inline v0
