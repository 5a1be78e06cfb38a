// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/context.hpp>
#include <weft/detail/context_access.hpp>
#include <weft/span.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::propagators {

/// Makes `span` the remote span of `context`. A decision without ids says less than a span with
/// them, so it never replaces one.
inline void set_remote_parent(Context& context, const SpanContext& span) noexcept {
  if (!span.is_valid() && span_context(context).is_valid()) return;
  detail::set_remote_span(context, span);
}

/// The caller left the sampling decision to us, and it is this very span that is passed on.
inline bool is_undecided(const SpanContext& span) noexcept {
  return span.trace_flags().deferred() && !span.is_sampled();
}

}  // namespace weft::inline v0::propagators
