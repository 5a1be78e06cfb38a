// SPDX-License-Identifier: Apache-2.0
#include "trace_context.hpp"

#include <string>

#include <weft/detail/context_access.hpp>
#include <weft/propagators/propagators.hpp>

namespace weft::inline v0::propagators {

void TraceContext::inject(const Context& context, const CarrierWriter& carrier) const {
  w3c::TraceContextHeaders(detail::find_span_context(context)).write(carrier);
}

void TraceContext::inject_current(const CarrierWriter& carrier) const {
  w3c::TraceContextHeaders(detail::current_span_context()).write(carrier);
}

void TraceContext::extract(const CarrierReader& carrier, Context& context) const {
  static constexpr std::string_view kNames[] = {w3c::kTraceparent, w3c::kTracestate};
  try {
    w3c::TraceContextReader reader;
    carrier.for_each_of(kNames, [&reader](std::size_t index, std::string_view value) {
      index == 0 ? reader.see_traceparent(value) : reader.see_tracestate(value);
    });
    reader.finish(carrier, context);
  } catch (...) {
    // Nothing was put into the context yet.
    detail::propagation_threw("a carrier threw in extract");
  }
}

std::vector<std::string> TraceContext::fields() const {
  return {std::string(w3c::kTraceparent), std::string(w3c::kTracestate)};
}

}  // namespace weft::inline v0::propagators
