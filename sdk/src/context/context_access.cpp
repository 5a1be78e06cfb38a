// SPDX-License-Identifier: Apache-2.0
#include "context/context_access.hpp"

#include <weft/detail/context_access.hpp>

#include <new>
#include <utility>

namespace weft::inline v0::detail {

namespace {

void put_at_bottom(ContextState& state, SpanNode& inherited) noexcept {
  SpanNode** bottom = &state.span;
  while (*bottom != nullptr && *bottom != &inherited) bottom = &(*bottom)->below;
  *bottom = &inherited;
}

}  // namespace

void set_remote_span(Context& context, const SpanContext& span) noexcept {
  put_at_bottom(ContextAccess::state(context),
                ContextAccess::inherit(context, SpanIdentity{span, {}, 0}));
}

void set_remote_span(Context& context, const TraceId& trace_id, const SpanId& span_id,
                     TraceFlags flags, TraceState state) noexcept {
  SpanNode& node = ContextAccess::inherit_nothing(context);
  // In its place: its parts are narrow, and copying it would wait for them.
  ::new (&node.identity.context) SpanContext(trace_id, span_id, flags, std::move(state), true);
  put_at_bottom(ContextAccess::state(context), node);
}

const SpanContext* find_span_context(const Context& context) noexcept {
  const SpanNode* node = top_span(ContextAccess::state(context));
  return node != nullptr ? &node->identity.context : nullptr;
}

}  // namespace weft::inline v0::detail
