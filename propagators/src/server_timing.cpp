// SPDX-License-Identifier: Apache-2.0
#include <weft/propagators/server_timing.hpp>

#include "server_timing_metrics.hpp"
#include "traceparent.hpp"
#include "white_space.hpp"

namespace weft::inline v0::propagators {

std::string_view next_metric(std::string_view& rest) noexcept {
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (is_quoted || rest[end] != ','); ++end) {
    if (rest[end] == '"') is_quoted = !is_quoted;
    if (is_quoted && rest[end] == '\\' && end + 1 < rest.size()) ++end;
  }
  const std::string_view metric = w3c::trimmed(rest.substr(0, end));
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return metric;
}

bool is_trace_metric(std::string_view metric) noexcept {
  return w3c::trimmed(metric.substr(0, metric.find(';'))) == "trace";
}

std::string server_timing(const SpanContext& span, std::string_view existing) {
  if (!span.is_valid()) return std::string(existing);
  std::string value;
  for (std::string_view rest = existing; !rest.empty();) {
    const std::string_view metric = next_metric(rest);
    if (!metric.empty() && !is_trace_metric(metric)) value.append(metric).append(", ");
  }
  char text[w3c::kTraceparentSize];
  w3c::write_traceparent(span, text);
  return value.append("trace;desc=").append(text, sizeof text);
}

}  // namespace weft::inline v0::propagators
