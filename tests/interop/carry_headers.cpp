// SPDX-License-Identifier: Apache-2.0
// What a propagator of ours makes of headers, for others to compare: reads a line
// {"propagator": name, "headers": [[name, value], …]}, extracts, injects what it found, and writes
// a line {"trace", "span", "flags", "state", "baggage", "sent"}.
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <weft/weft.hpp>

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using nlohmann::json;

weft::Context extracted(const weft::TextMapPropagator& propagator, const Headers& headers) {
  weft::Context context;
  propagator.extract(weft::CarrierReader(headers, &weft::detail::read_headers<const Headers>),
                     context);
  return context;
}

Headers injected(const weft::TextMapPropagator& propagator, const weft::Context& context) {
  Headers headers;
  propagator.inject(context, weft::CarrierWriter(headers, &weft::detail::write_header<Headers>));
  return headers;
}

json carried(const json& request) {
  const weft::PropagatorPtr propagator =
      weft::propagators::make(request.at("propagator").get<std::string>());
  const weft::Context context = extracted(*propagator, request.at("headers").get<Headers>());
  const weft::SpanContext span = weft::span_context(context);
  json baggage = json::array();
  for (const auto& entry : weft::baggage::all(context)) {
    baggage.push_back({entry.key, entry.value});
  }
  return {{"trace", span.is_valid() ? span.trace_id().to_hex() : ""},
          {"span", span.is_valid() ? span.span_id().to_hex() : ""},
          {"flags", span.is_valid() ? span.trace_flags().bits() : 0},
          {"state", span.trace_state().to_string()},
          {"baggage", baggage},
          {"sent", injected(*propagator, context)}};
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << carried(json::parse(line)).dump() << '\n';
  }
}
