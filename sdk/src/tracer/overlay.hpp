// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/context.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

/// The values that a span with `.parent = context` laid over the current ones.
struct SpanOverlay;

/// Sets every variable of `parent` in the current context, as if each were `scoped()` there. Null
/// when there is none, or no memory.
SpanOverlay* lay_over(ThreadData& thread, ContextState& state, const Context& parent) noexcept;
/// Restores what was before, if the context is still the current one (else it is misuse), and frees
/// the overlay.
void take_off(ThreadData* thread, SpanOverlay* overlay) noexcept;

}  // namespace weft::inline v0::detail
