// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include <weft/detail/current_context.hpp>

namespace weft::inline v0::detail {

/// Whether the view is published: `Options::profiler_view`.
[[gnu::visibility("hidden")]] extern constinit std::atomic<bool> profiler_view_is_on;
inline void set_profiler_view(bool is_on) noexcept {
  profiler_view_is_on.store(is_on, std::memory_order_relaxed);
  profiler_view_is_on_outside.store(is_on, std::memory_order_relaxed);
}

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
