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

}  // namespace detail

}  // namespace weft::inline v0
