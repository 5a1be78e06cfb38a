// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <weft/detail/context_access.hpp>
#include <weft/trace_state.hpp>

#include "trace_context.hpp"
#include "white_space.hpp"

namespace weft::inline v0::w3c {

namespace {

/// Joins a further tracestate header (RFC 9110, 5.3). One bad header, or more than 32 members in
/// all of them, costs them all.
void add_state(std::optional<TraceState>& states, std::string_view header) {
  if (!states) return;
  std::optional<TraceState> more = TraceState::from_header(header);
  if (!more || states->empty()) {
    states = std::move(more);
  } else if (!more->empty()) {
    states = TraceState::from_header(states->to_string().append(",").append(more->view()));
  }
}

TraceState read_state(const CarrierReader& carrier) {
  std::optional<TraceState> states{std::in_place};
  carrier.for_each(kTracestate,
                   [&](std::string_view, std::string_view value) { add_state(states, value); });
  return states ? std::move(*states) : TraceState();
}

}  // namespace

void write_trace_context(const SpanContext& span, const CarrierWriter& carrier) {
  if (!span.is_valid()) return;
  char text[kTraceparentSize];
  write_traceparent(span, text);
  // Taken first: the carrier's own code may change what is current.
  const TraceState state = span.trace_state();
  carrier.set(kTraceparent, {text, sizeof text});
  if (!state.empty()) carrier.set(kTracestate, state.view());
}

void TraceContextReader::see_traceparent(std::string_view value) noexcept {
  is_good_ = ++parents_ == 1 && read_traceparent(trimmed(value), parent_);
}

void TraceContextReader::finish(const CarrierReader& carrier, Context& context) const {
  if (!is_good_) return;
  detail::set_remote_span(context,
                          SpanContext(parent_.trace_id, parent_.parent_id, parent_.flags,
                                      has_state_ ? read_state(carrier) : TraceState(), true));
}

}  // namespace weft::inline v0::w3c
