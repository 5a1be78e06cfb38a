// SPDX-License-Identifier: Apache-2.0
#pragma once

// `Context::get_or_compute` in coroutines.

#include <coroutine>
#include <exception>
#include <functional>
#include <utility>

#include <weft/context.hpp>
#include <weft/detail/computation.hpp>
#include <weft/task.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Suspends until the computation may be settled; ask `is_settled()` then.
class AwaitedTurn {
 public:
  explicit AwaitedTurn(Computation& computation) noexcept : computation_(computation) {}
  AwaitedTurn(const AwaitedTurn&) = delete;
  AwaitedTurn& operator=(const AwaitedTurn&) = delete;
  ~AwaitedTurn() {
    if (is_waiting_) Computation::stop_waiting(wait_);
  }

  bool await_ready() const noexcept { return computation_.is_settled(); }
  // Once it is noted, another thread may resume the coroutine and end this object.
  bool await_suspend(std::coroutine_handle<> handle) noexcept {
    wait_.coroutine = handle.address();
    is_waiting_ = true;
    try {
      if (computation_.has_to_wait(wait_)) return true;
    } catch (...) {
      error_ = std::current_exception();
    }
    is_waiting_ = false;
    return false;
  }
  void await_resume() {
    is_waiting_ = false;
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  Computation& computation_;
  TurnWait wait_;
  bool is_waiting_ = false;
  std::exception_ptr error_;
};

template <class T, class F>
Task<typename ContextVar<T>::Result> compute_once(ContextState& state, const ContextVar<T>& var,
                                                  F compute) {
  Computation turn(state, var, Computation::Waits::by_suspending);
  while (!turn.is_settled()) {
    AwaitedTurn awaited(turn);
    co_await awaited;
  }
  if (turn.value() == nullptr) {
    turn.begin();
    turn.publish(make_box<T>(var, co_await std::invoke(compute)));
  }
  co_return *static_cast<const T*>(turn.value());
}

}  // namespace weft::inline v0::detail

namespace weft::inline v0 {

template <class T, std::invocable F>
  requires detail::kIsTask<std::invoke_result_t<F>>
Task<typename ContextVar<T>::Result> Context::get_or_compute(const ContextVar<T>& var, F compute) {
  return detail::compute_once<T, F>(state_, var, std::move(compute));
}

}  // namespace weft::inline v0
