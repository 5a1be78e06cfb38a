// SPDX-License-Identifier: Apache-2.0
#pragma once

// The current context itself, for what a template of ours does in the place of a call. Not part of
// the public face: names here may change in any release.

#include <atomic>

#include <weft/detail/context_state.hpp>
#include <weft/version.hpp>

/// The span that is current on this thread, for profilers outside the process (OTEP 4947): its
/// record of 28 bytes, or null. The name and the layout are the OTEP's; nothing of ours reads it.
/// An initial-exec variable, as the OTEP allows: TLSDESC would cost a call where a span starts.
extern "C" WEFT_API constinit thread_local const void* volatile otel_thread_ctx_v1
    __attribute__((tls_model("initial-exec")));

namespace weft::inline v0::detail {

/// Whether it is published (`Options::profiler_view`), for code outside of the library, which has
/// a hidden one of its own: a load less for each span.
extern WEFT_API constinit std::atomic<bool> profiler_view_is_on_outside;

/// What is current on this thread. Trivially destructible and constant-initialised, so that it
/// costs one load from the thread pointer; a base context lives in place.
struct CurrentContext {
  ContextState* entered = nullptr;  // null: the base
  ContextState base;
};
extern WEFT_API constinit thread_local CurrentContext current_context
    __attribute__((tls_model("initial-exec")));

/// `exchange_state`, for functions that are never inlined themselves: a compiler may keep the
/// address of a thread-local over a suspension, after which the coroutine may be on another thread.
inline void enter_state_inline(ContextState* next) noexcept {
  CurrentContext& current = current_context;
  if (profiler_view_is_on_outside.load(std::memory_order_relaxed)) [[likely]] {
    const SpanNode* span = current.base.span;  // most often, so that one waits for nothing
    if (next != nullptr) [[unlikely]]
      span = next->span;
    std::atomic_signal_fence(std::memory_order_release);  // the node's own stores come first
    otel_thread_ctx_v1 = span;
  }
  current.entered = next;
}

}  // namespace weft::inline v0::detail
