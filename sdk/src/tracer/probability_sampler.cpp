// SPDX-License-Identifier: Apache-2.0
#include <weft/span.hpp>

#include "platform/error_reporter.hpp"
#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0::builtin {

Probability::Probability(double ratio)
    : ratio_(ratio),
      threshold_(detail::threshold_of(ratio)),
      root_state_(detail::with_threshold(TraceState(), threshold_)) {}

Probability::Decision Probability::decide(const SpanContext& parent, const TraceId& trace_id) {
  const TraceState& state = parent.trace_state();
  const std::uint64_t of_id = detail::randomness_of(trace_id);
  if (state.empty()) {
    if (parent.is_valid() && !parent.trace_flags().random()) warn_once();
    const bool is_sampled = of_id >= threshold_;
    return {is_sampled, is_sampled ? root_state_ : TraceState()};
  }
  const auto given = detail::read_ot_entry(state).randomness;
  if (!given && parent.is_valid() && !parent.trace_flags().random()) warn_once();
  if (given.value_or(of_id) >= threshold_) {
    return {true, detail::with_threshold(state, threshold_)};
  }
  return {false, detail::with_threshold(state, std::nullopt)};
}

void Probability::warn_once() noexcept {
  if (has_warned_.exchange(true, std::memory_order_relaxed)) return;
  detail::error_reporter().report(
      ErrorCode::invalid_option,
      "samplers::probability decides about a trace whose ids are not said to be random (no random "
      "flag, no rv): its share may be another; put it into samplers::parent_based");
}

SamplingResult Probability::should_sample(const SamplingParameters& parameters) {
  Decision decision = decide(span_context(parameters.parent), parameters.trace_id);
  return {decision.is_sampled ? SamplingDecision::record_and_sample : SamplingDecision::drop,
          {},
          std::move(decision.trace_state)};
}

std::string Probability::description() { return "ProbabilitySampler{" + ratio_text(ratio_) + "}"; }

}  // namespace weft::inline v0::builtin
