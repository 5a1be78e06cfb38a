// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <weft/detail/current_context.hpp>

#include "context/profiler_view.hpp"

namespace weft::inline v0::detail {

inline ContextState& current_state_inline() noexcept {
  ContextState* state = current_context.entered;
  if (state == nullptr) [[unlikely]] {
    state = &current_context.base;
    // Keeps it a branch, which is foreseen either way: a conditional move waits for both.
    __asm__("" : "+r"(state));
  }
  return *state;
}

/// `exchange_state` for functions of the library that are themselves never inlined.
inline ContextState* exchange_state_inline(ContextState* next) noexcept {
  CurrentContext& current = current_context;
  publish_span(next != nullptr ? next->span : current.base.span);
  return std::exchange(current.entered, next);
}
inline ContextState* exchange_state_inline(ContextState& next) noexcept {
  ContextState* const before = std::exchange(current_context.entered, &next);
  publish_span(next.span);
  return before;
}

}  // namespace weft::inline v0::detail
