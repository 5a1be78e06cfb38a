// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

class Context;

namespace detail {

/// Makes `span`, which came from another process, the span of `context`: the parent of what is
/// started there.
WEFT_API void set_remote_span(Context& context, const SpanContext& span) noexcept;
WEFT_API void set_remote_span(Context& context, const TraceId& trace_id, const SpanId& span_id,
                              TraceFlags flags, TraceState state) noexcept;

/// The innermost open or inherited span of `context`, null when there is none. Good until that
/// changes.
WEFT_API const SpanContext* find_span_context(const Context& context) noexcept;

}  // namespace detail

}  // namespace weft::inline v0
