// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <weft/span.hpp>

#include "span/ot_entry.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0::builtin {

// What is kept in the end was not chosen by a probability.
SamplingResult KeepSlowAndFailed::should_sample(const SamplingParameters& parameters) {
  const SpanContext parent = span_context(parameters.parent);
  return {SamplingDecision::record_and_sample,
          {},
          detail::with_threshold(parent.trace_state(), std::nullopt)};
}

std::string KeepSlowAndFailed::description() {
  return "KeepSlowAndFailed{slowAfter:" + std::to_string(options_.slow_after.count()) +
         "ms,ratio:" + ratio_text(options_.ratio) +
         ",maxTraces:" + std::to_string(options_.max_traces) +
         ",maxBytes:" + std::to_string(options_.max_bytes) +
         ",maxWait:" + std::to_string(options_.max_wait.count()) + "ms}";
}

}  // namespace weft::inline v0::builtin
