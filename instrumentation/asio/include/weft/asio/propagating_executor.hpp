// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <weft/asio/library.hpp>
#include <weft/context.hpp>
#include <weft/executor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE {

/// One of Asio's executors that runs what it is given in a copy of the context current where it was
/// given. Asio completes an operation on whichever thread notices its end, but it asks the
/// handler's executor to count the operation as work when it is initiated: the handler of such an
/// operation gets the context of that moment. Equal to its copies; good for everything that takes
/// an executor, any_io_executor and strand included.
template <class Executor>
class PropagatingExecutor {
 public:
  // A template: what converts to Executor from anything must not be asked about this type.
  template <class E>
    requires std::same_as<std::remove_cvref_t<E>, Executor>
  explicit PropagatingExecutor(E&& inner) noexcept : inner_(std::forward<E>(inner)) {}

  const Executor& get_inner_executor() const noexcept { return inner_; }

  template <class F>
  void execute(F&& function) const {
    run(bound(std::forward<F>(function)));
  }
  /// As `asio::post`, `dispatch` and `defer` with this executor.
  template <class F>
  void post(F&& function) const {
    net::post(inner_, bound(std::forward<F>(function)));
  }
  template <class F>
  void dispatch(F&& function) const {
    net::dispatch(inner_, bound(std::forward<F>(function)));
  }
  template <class F>
  void defer(F&& function) const {
    net::defer(inner_, bound(std::forward<F>(function)));
  }

  template <class Property>
    requires(net::can_query<const Executor&, Property>::value)
  decltype(auto) query(const Property& property) const
      noexcept(net::is_nothrow_query<const Executor&, Property>::value) {
    return net::query(inner_, property);
  }
  template <class Property>
    requires(net::can_require<const Executor&, Property>::value)
  auto require(const Property& property) const {
    return with<Property>(net::require(inner_, property));
  }
  /// What any_io_executor can only be asked to prefer.
  template <class Property>
    requires(!net::can_require<const Executor&, Property>::value &&
             requires(const Executor& inner, const Property& property) { inner.prefer(property); })
  auto prefer(const Property& property) const {
    return with<Property>(net::prefer(inner_, property));
  }

  friend bool operator==(const PropagatingExecutor& a, const PropagatingExecutor& b) noexcept {
    return a.inner_ == b.inner_;
  }
  friend bool operator!=(const PropagatingExecutor& a, const PropagatingExecutor& b) noexcept {
    return !(a == b);
  }

 private:
  template <class Other>
  friend class PropagatingExecutor;

  template <class F>
  BoundFunction<std::decay_t<F>> bound(F&& function) const {
    return {is_initiated_ ? initiation_ : copy_context(), std::in_place, std::forward<F>(function)};
  }
  template <class F>
  void run(F&& function) const {
#if WEFT_ASIO_VERSION < 102400
    net::execution::execute(inner_, std::move(function));  // there, execute is a private member
#else
    inner_.execute(std::move(function));
#endif
  }
  template <class Property, class Next>
  auto with(Next&& next) const {
    constexpr bool kIsInitiation =
        std::same_as<Property, net::execution::outstanding_work_t::tracked_t>;
    PropagatingExecutor<std::decay_t<Next>> made(std::forward<Next>(next));
    made.is_initiated_ = is_initiated_ || kIsInitiation;
    if (made.is_initiated_) made.initiation_ = is_initiated_ ? initiation_ : copy_context();
    return made;
  }

  Executor inner_;
  bool is_initiated_ = false;
  Context initiation_;  // of the operation whose work this counts
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE

namespace weft::inline v0 {

/// As for other executors, and for a handler's: `asio::bind_executor(weft::propagating(ex), h)`
/// calls h in the context current where its operation was initiated.
template <class Executor>
  requires(asio::net::execution::is_executor<std::remove_cvref_t<Executor>>::value)
auto propagating(Executor&& executor) {
  return asio::PropagatingExecutor<std::remove_cvref_t<Executor>>(std::forward<Executor>(executor));
}
/// Of an execution context, its executor: `weft::propagating(io)`.
template <std::derived_from<asio::net::execution_context> Context>
auto propagating(Context& context) {
  return propagating(context.get_executor());
}

}  // namespace weft::inline v0
