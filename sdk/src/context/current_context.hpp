// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/detail/context_state.hpp>

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

}  // namespace weft::inline v0::detail
