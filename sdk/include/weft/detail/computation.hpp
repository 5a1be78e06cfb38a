// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/detail/context_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

struct Turn;

/// A caller of `Context::get_or_compute` that waits for another one's computation.
struct TurnWait {
  const Turn* by = nullptr;  // the innermost computation that waits, if it is one that does
  std::shared_ptr<const Turn> target{};  // it may have ended when this one is looked at
  void* coroutine = nullptr;             // who is to be resumed; null: a thread that looks itself
  TurnWait* next = nullptr;
};

/// One caller of `Context::get_or_compute`: settled, it has found the value, or it is the one that
/// computes.
class WEFT_API Computation {
 public:
  enum class Waits { by_blocking, by_suspending };
  /// By blocking: returns when it is settled. Throws RecursiveComputationError.
  Computation(ContextState& state, const VariableBase& variable, Waits waits = Waits::by_blocking);
  Computation(const Computation&) = delete;
  Computation& operator=(const Computation&) = delete;
  /// Lets the next caller try, when nothing was published.
  ~Computation();

  /// By suspending: whether `wait` was noted, and its coroutine will be resumed to ask again; else
  /// it is settled. Does not touch the current context. Throws RecursiveComputationError.
  bool has_to_wait(TurnWait& wait);
  static void stop_waiting(TurnWait& wait) noexcept;
  bool is_settled() const noexcept { return value_ != nullptr || has_turn_; }
  /// Before computing: from here on the current context knows of it.
  void begin();

  /// Null: compute it, and publish it.
  const void* value() const noexcept { return value_; }
  /// Takes `fresh` over, also when it throws (std::bad_alloc).
  void publish(ValueBox* fresh);

 private:
  const Turn* other_turn() const;
  void find() noexcept;
  void take_turn() noexcept;

  ContextState& state_;
  const VariableBase& variable_;
  const void* value_ = nullptr;
  std::shared_ptr<Turn> turn_;
  bool has_turn_ = false;
  TokenState token_;  // of the chain of turns that the current context carries
};

}  // namespace weft::inline v0::detail
