// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>

#include <weft/id_generator.hpp>
#include <weft/sampler.hpp>
#include <weft/span.hpp>

#include "platform/random.hpp"
#include "platform/thread_data.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0 {

Sampler::~Sampler() = default;
std::string Sampler::description() { return "CustomSampler"; }

IdGenerator::~IdGenerator() = default;
bool IdGenerator::random() const { return false; }
SpanId IdGenerator::span_id() {
  SpanId::Bytes bytes{};
  if (detail::ThreadData* thread = detail::thread_data()) {
    const std::uint64_t id = thread->random.next() | 1U;
    std::memcpy(bytes.data(), &id, sizeof id);
  }
  return SpanId(bytes);
}

namespace builtin {

namespace {

SamplingResult decide(const SamplingParameters& parameters, bool sample) {
  return {sample ? SamplingDecision::record_and_sample : SamplingDecision::drop, {},
          span_context(parameters.parent).trace_state()};
}

std::uint64_t threshold_of(double ratio) noexcept {
  constexpr std::uint64_t kAll = std::uint64_t{1} << 63U;
  if (!(ratio > 0)) return 0;
  if (ratio >= 1) return kAll;
  return static_cast<std::uint64_t>(std::ldexp(ratio, 63));
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
    : ratio_(ratio > 0 ? std::min(ratio, 1.0) : 0.0), threshold_(threshold_of(ratio)) {}

bool TraceIdRatio::samples(const TraceId& trace_id, std::uint64_t threshold) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, trace_id.bytes().data() + 8, sizeof number);
  return (__builtin_bswap64(number) >> 1U) < threshold;
}

SamplingResult TraceIdRatio::should_sample(const SamplingParameters& parameters) {
  return decide(parameters, samples(parameters.trace_id, threshold_));
}

std::string TraceIdRatio::description() {
  char text[48];
  std::snprintf(text, sizeof text, "TraceIdRatioBased{%f}", ratio_);
  return text;
}

ParentBased::ParentBased(SamplerPtr root) : root_(std::move(root)) {
  if (root_ == nullptr) root_ = std::make_shared<AlwaysOn>();
}

SamplingResult ParentBased::should_sample(const SamplingParameters& parameters) {
  const SpanContext parent = span_context(parameters.parent);
  if (!parent.is_valid()) return root_->should_sample(parameters);
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
SamplerPtr trace_id_ratio(double ratio) { return std::make_shared<builtin::TraceIdRatio>(ratio); }
SamplerPtr parent_based(SamplerPtr root) {
  return std::make_shared<builtin::ParentBased>(std::move(root));
}

}  // namespace samplers

}  // namespace weft::inline v0
