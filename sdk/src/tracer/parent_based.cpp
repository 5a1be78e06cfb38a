// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <weft/span.hpp>

#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0::builtin {

namespace {

SamplerPtr or_default(SamplerPtr given, bool is_sampled) {
  if (given != nullptr) return given;
  if (is_sampled) return std::make_shared<AlwaysOn>();
  return std::make_shared<AlwaysOff>();
}

// A span without a parent goes through a ParentBased to its root: one wrapping does for several.
SamplerPtr without_wrapping(SamplerPtr root) {
  const auto* inner = dynamic_cast<const ParentBased*>(root.get());
  return inner != nullptr ? inner->root() : root;
}

// Only who follows the flag hands on what the flag must agree with.
bool follows(Sampler& delegate) noexcept {
  return dynamic_cast<AlwaysOn*>(&delegate) != nullptr ||
         dynamic_cast<AlwaysOff*>(&delegate) != nullptr;
}

}  // namespace

ParentBased::ParentBased(SamplerPtr root, ParentDelegates delegates)
    : root_(without_wrapping(or_default(std::move(root), true))) {
  delegates_[local_not_sampled] = or_default(std::move(delegates.local_parent_not_sampled), false);
  delegates_[local_sampled] = or_default(std::move(delegates.local_parent_sampled), true);
  delegates_[remote_not_sampled] =
      or_default(std::move(delegates.remote_parent_not_sampled), false);
  delegates_[remote_sampled] = or_default(std::move(delegates.remote_parent_sampled), true);
}

SamplingResult ParentBased::should_sample(const SamplingParameters& parameters) {
  const SpanContext parent = span_context(parameters.parent);
  const bool is_decided = (parent.is_valid() || parent.is_decision()) &&
                          !(parent.trace_flags().deferred() && !parent.is_sampled());
  if (!is_decided) return root_->should_sample(parameters);
  Sampler& delegate = *delegates_[case_of(parent.is_remote(), parent.is_sampled())];
  SamplingResult result = delegate.should_sample(parameters);
  if (parent.is_remote() && follows(delegate)) {
    result.trace_state = detail::consistent_trace_state(parent.trace_state(), parent.is_sampled(),
                                                        detail::randomness_of(parent.trace_id()));
  }
  return result;
}

void ParentBased::on_init(const Resource& resource) {
  root_->on_init(resource);
  for (const SamplerPtr& delegate : delegates_) delegate->on_init(resource);
}

std::string ParentBased::description() {
  return "ParentBased{root:" + root_->description() +
         ",remoteParentSampled:" + delegates_[remote_sampled]->description() +
         ",remoteParentNotSampled:" + delegates_[remote_not_sampled]->description() +
         ",localParentSampled:" + delegates_[local_sampled]->description() +
         ",localParentNotSampled:" + delegates_[local_not_sampled]->description() + "}";
}

}  // namespace weft::inline v0::builtin
