// SPDX-License-Identifier: Apache-2.0
#include <weft/baggage.hpp>
#include <weft/detail/context_access.hpp>
#include <weft/propagation.hpp>

#include "baggage_header.hpp"
#include "propagator_list.hpp"
#include "trace_context.hpp"

// What `inject` and `extract` do. The default, W3C trace context and baggage, is spelled out: it
// makes no propagator, and walks over the carrier once for all three headers.

namespace weft::inline v0::detail {

namespace {

void extract_by_default(const CarrierReader& carrier, Context& context) {
  static constexpr std::string_view kNames[] = {w3c::kTraceparent, w3c::kTracestate, w3c::kBaggage};
  w3c::TraceContextReader trace_context;
  bool has_baggage = false;
  carrier.for_each_of(kNames, [&](std::size_t index, std::string_view value) {
    switch (index) {
      case 0:
        return trace_context.see_traceparent(value);
      case 1:
        return trace_context.see_tracestate(value);
      default:
        has_baggage = true;
    }
  });
  trace_context.finish(carrier, context);
  if (has_baggage) w3c::read_baggage(carrier, context);
}

}  // namespace

void inject_globally(const CarrierWriter& carrier) {
  if (const auto* list = global_propagators()) return propagators::inject_all(*list, carrier);
  const w3c::TraceContextHeaders headers(current_span_context());
  const bool has_baggage = baggage::entries.find() != nullptr;
  headers.write(carrier);
  if (has_baggage) w3c::write_baggage(baggage::entries.find(), carrier);
}

void inject_globally(const Context& context, const CarrierWriter& carrier) {
  if (const auto* list = global_propagators()) {
    return propagators::inject_all(*list, context, carrier);
  }
  const w3c::TraceContextHeaders headers(find_span_context(context));
  const bool has_baggage = context.contains(baggage::entries);
  headers.write(carrier);
  if (has_baggage) w3c::write_baggage(context.find(baggage::entries), carrier);
}

void extract_globally(const CarrierReader& carrier, Context& context) noexcept {
  if (const auto* list = global_propagators()) {
    return propagators::extract_all(*list, carrier, context);
  }
  try {
    extract_by_default(carrier, context);
  } catch (...) {
    // Each header is in the context whole or not at all.
    propagation_threw("weft::extract: the carrier threw");
  }
}

}  // namespace weft::inline v0::detail
