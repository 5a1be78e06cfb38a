// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <weft/detail/context_state.hpp>

#include "context/profiler_view.hpp"

namespace weft::inline v0::detail {

/// What is current on this thread. Trivially destructible and constant-initialised, so that it
/// costs one load from the thread pointer; a base context lives in place.
struct CurrentContext {
  ContextState* entered = nullptr;  // null: the base
  ContextState base;
};
extern constinit thread_local CurrentContext current_context
    __attribute__((tls_model("initial-exec")));

inline ContextState& current_state_inline() noexcept {
  CurrentContext& current = current_context;
  return current.entered != nullptr ? *current.entered : current.base;
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
