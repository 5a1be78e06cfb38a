// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/span.hpp>

namespace weft_test {

/// In order, with room for a name twice.
using HeaderList = std::vector<std::pair<std::string, std::string>>;
using HeaderMap = std::map<std::string, std::string>;

inline constexpr std::string_view kTraceIdText = "0af7651916cd43dd8448eb211c80319c";
inline constexpr std::string_view kSpanIdText = "b7ad6b7169203331";
inline constexpr std::string_view kTraceparentText =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

template <class Carrier>
void extract_into(weft::Context& context, const weft::TextMapPropagator& propagator,
                  const Carrier& carrier) {
  propagator.extract(weft::CarrierReader(carrier, &weft::detail::read_headers<const Carrier>),
                     context);
}

template <class Carrier>
weft::Context extract_with(const weft::TextMapPropagator& propagator, const Carrier& carrier) {
  weft::Context context;
  extract_into(context, propagator, carrier);
  return context;
}

inline HeaderMap inject_with(const weft::TextMapPropagator& propagator,
                             const weft::Context& context) {
  HeaderMap headers;
  propagator.inject(context, weft::CarrierWriter(headers, &weft::detail::write_header<HeaderMap>));
  return headers;
}

inline HeaderMap inject_current_with(const weft::TextMapPropagator& propagator) {
  HeaderMap headers;
  propagator.inject_current(weft::CarrierWriter(headers, &weft::detail::write_header<HeaderMap>));
  return headers;
}

/// The remote span that trace-context headers carry; invalid when they carry none.
inline weft::SpanContext remote_span(const HeaderList& headers) {
  return weft::span_context(extract_with(weft::propagators::TraceContext(), headers));
}

}  // namespace weft_test
