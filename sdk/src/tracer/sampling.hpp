// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/attributes.hpp>
#include <weft/context.hpp>
#include <weft/ids.hpp>
#include <weft/trace_state.hpp>

#include "tracer/span_start.hpp"

namespace weft::inline v0::detail {

class TelemetryCore;

/// What was decided for a span.
struct Sampling {
  bool is_recorded = false;
  bool is_sampled = false;
  TraceState trace_state{};
  Attributes attributes{};
};

/// Asks a sampler that is not built in; when it throws, the span is dropped and hands on `before`.
Sampling ask_sampler(const TelemetryCore& core, const StartRequest& request,
                     const TraceId& trace_id, const TraceState& before) noexcept;

/// The whole context that a span started with `options` is a child of.
Context parent_context(const SpanOptions* options) noexcept;

}  // namespace weft::inline v0::detail
