// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include <weft/detail/context_access.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/span.hpp>
#include <weft/span_context.hpp>
#include <weft/trace_state.hpp>

#include "traceparent.hpp"
#include "white_space.hpp"

namespace weft::inline v0::propagators {

namespace {

constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";

void write(const SpanContext& span, const CarrierWriter& carrier) {
  if (!span.is_valid()) return;
  char text[w3c::kTraceparentSize];
  w3c::write_traceparent(span, text);
  // Taken first: the carrier's own code may change what is current.
  const TraceState state = span.trace_state();
  carrier.set(kTraceparent, {text, sizeof text});
  if (!state.empty()) carrier.set(kTracestate, state.view());
}

/// What one walk over the carrier tells.
struct Found {
  w3c::Traceparent parent;
  std::size_t parents = 0;
  bool is_good = false;
  bool has_state = false;
};

void find(const CarrierReader& carrier, Found& found) {
  static constexpr std::string_view kNames[] = {kTraceparent, kTracestate};
  carrier.for_each_of(kNames, [&found](std::size_t index, std::string_view value) {
    if (index == 0) {
      // A second one makes both bad.
      found.is_good =
          ++found.parents == 1 && w3c::read_traceparent(w3c::trimmed(value), found.parent);
    } else {
      found.has_state = true;
    }
  });
}

/// Joins a further tracestate header (RFC 9110, 5.3). One bad header, or more than 32 members in all
/// of them, costs them all.
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
  carrier.for_each(kTracestate, [&](std::string_view, std::string_view value) {
    add_state(states, value);
  });
  return states ? std::move(*states) : TraceState();
}

}  // namespace

void TraceContext::inject(const Context& context, const CarrierWriter& carrier) const {
  write(span_context(context), carrier);
}

void TraceContext::inject_current(const CarrierWriter& carrier) const {
  if (const SpanContext* span = detail::current_span_context()) write(*span, carrier);
}

void TraceContext::extract(const CarrierReader& carrier, Context& context) const {
  try {
    Found found;
    find(carrier, found);
    if (!found.is_good) return;
    const w3c::Traceparent& parent = found.parent;
    detail::set_remote_span(
        context, SpanContext(parent.trace_id, parent.parent_id, parent.flags,
                             found.has_state ? read_state(carrier) : TraceState(), true));
  } catch (...) {
    // No memory, or the carrier threw: nothing was put into the context yet.
  }
}

std::vector<std::string> TraceContext::fields() const {
  return {std::string(kTraceparent), std::string(kTracestate)};
}

}  // namespace weft::inline v0::propagators
