// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include <weft/detail/context_state.hpp>

/// The span that is current on this thread, for profilers outside the process (OTEP 4947): its
/// record of 28 bytes, or null. The name and the layout are the OTEP's; nothing of ours reads it.
/// An initial-exec variable, as the OTEP allows: TLSDESC would cost a call where a span starts.
extern "C" WEFT_API constinit thread_local const void* volatile otel_thread_ctx_v1
    __attribute__((tls_model("initial-exec")));

namespace weft::inline v0::detail {

/// Whether the view is published: `Options::profiler_view`.
[[gnu::visibility("hidden")]] extern constinit std::atomic<bool> profiler_view_is_on;

static_assert(sizeof(SpanContext) >= 28 && offsetof(SpanNode, identity) == 0,
              "a node begins with the record that the OTEP describes");

/// What has become current here. One store; the fence keeps the record's own stores before it, as
/// seen by who stops this thread.
inline void publish_span(const SpanNode* node) noexcept {
  if (!profiler_view_is_on.load(std::memory_order_relaxed)) [[unlikely]]
    return;
  std::atomic_signal_fence(std::memory_order_release);
  otel_thread_ctx_v1 = node;
}

}  // namespace weft::inline v0::detail
