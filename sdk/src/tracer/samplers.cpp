// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <typeinfo>

#include <weft/sampler.hpp>
#include <weft/span.hpp>

#include "platform/type_name.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0 {

Sampler::~Sampler() = default;
std::string Sampler::description() { return detail::type_name(typeid(*this)); }
void Sampler::on_init(const Resource& /*resource*/) {}

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

}  // namespace

std::string ratio_text(double ratio) {
  std::array<char, 32> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), ratio, std::chars_format::fixed, 6);
  return std::string(text.data(), end.ptr);
}

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

SamplingResult AlwaysRecord::should_sample(const SamplingParameters& parameters) {
  SamplingResult result = root_->should_sample(parameters);
  if (result.decision == SamplingDecision::drop) result.decision = SamplingDecision::record_only;
  return result;
}

void AlwaysRecord::on_init(const Resource& resource) { root_->on_init(resource); }

std::string AlwaysRecord::description() { return "AlwaysRecord{" + root_->description() + "}"; }

}  // namespace builtin

}  // namespace weft::inline v0
