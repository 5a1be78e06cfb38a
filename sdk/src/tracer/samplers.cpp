// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <typeinfo>
#include <utility>

#include <weft/sampler.hpp>
#include <weft/span.hpp>

#include "platform/error_reporter.hpp"
#include "platform/type_name.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0 {

Sampler::~Sampler() = default;
std::string Sampler::description() { return detail::type_name(typeid(*this)); }

namespace builtin {

namespace {

SamplingResult decide(const SamplingParameters& parameters, bool sample) {
  return {sample ? SamplingDecision::record_and_sample : SamplingDecision::drop,
          {},
          span_context(parameters.parent).trace_state()};
}

double clamped(double ratio) noexcept {
  return std::isnan(ratio) ? 1.0 : std::clamp(ratio, 0.0, 1.0);
}

// With six digits and a point, whatever the program's locale.
std::string ratio_text(double ratio) {
  std::array<char, 32> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), ratio, std::chars_format::fixed, 6);
  return std::string(text.data(), end.ptr);
}

}  // namespace

SamplingResult AlwaysOn::should_sample(const SamplingParameters& parameters) {
  return decide(parameters, true);
}
std::string AlwaysOn::description() { return "AlwaysOnSampler"; }

SamplingResult AlwaysOff::should_sample(const SamplingParameters& parameters) {
  return decide(parameters, false);
}
std::string AlwaysOff::description() { return "AlwaysOffSampler"; }

TraceIdRatio::TraceIdRatio(double ratio)
    : ratio_(clamped(ratio)), threshold_(static_cast<std::uint64_t>(std::ldexp(ratio_, 63))) {}

SamplingResult TraceIdRatio::should_sample(const SamplingParameters& parameters) {
  return decide(parameters, samples(parameters.trace_id, threshold_));
}

std::string TraceIdRatio::description() { return "TraceIdRatioBased{" + ratio_text(ratio_) + "}"; }

ParentBased::ParentBased(SamplerPtr root) : root_(std::move(root)) {
  if (root_ == nullptr) root_ = std::make_shared<AlwaysOn>();
}

SamplingResult ParentBased::should_sample(const SamplingParameters& parameters) {
  const SpanContext parent = span_context(parameters.parent);
  const bool is_decided = (parent.is_valid() || parent.is_decision()) &&
                          !(parent.trace_flags().deferred() && !parent.is_sampled());
  if (!is_decided) return root_->should_sample(parameters);
  return decide(parameters, parent.is_sampled());
}

std::string ParentBased::description() {
  return "ParentBased{root:" + root_->description() +
         ",remoteParentSampled:AlwaysOnSampler,remoteParentNotSampled:AlwaysOffSampler,"
         "localParentSampled:AlwaysOnSampler,localParentNotSampled:AlwaysOffSampler}";
}

}  // namespace builtin

namespace samplers {

SamplerPtr always_on() { return std::make_shared<builtin::AlwaysOn>(); }
SamplerPtr always_off() { return std::make_shared<builtin::AlwaysOff>(); }

SamplerPtr trace_id_ratio(double ratio) {
  if (!(ratio >= 0 && ratio <= 1)) {
    detail::error_reporter().report(ErrorCode::invalid_option,
                                    "samplers::trace_id_ratio(" + std::to_string(ratio) +
                                        "): it is no number from 0 to 1; " +
                                        (ratio < 0 ? "0" : "1") + " is used");
  }
  return std::make_shared<builtin::TraceIdRatio>(ratio);
}

SamplerPtr parent_based(SamplerPtr root) {
  if (root == nullptr) {
    detail::error_reporter().report(
        ErrorCode::invalid_option,
        "samplers::parent_based(root): root is null; AlwaysOnSampler is used");
  }
  return std::make_shared<builtin::ParentBased>(std::move(root));
}

}  // namespace samplers

}  // namespace weft::inline v0
