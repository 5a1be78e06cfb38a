// SPDX-License-Identifier: Apache-2.0
#include "tracer/sampler_plan.hpp"

#include <atomic>

#include "platform/error_reporter.hpp"
#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0::detail {

constinit std::atomic<std::uint32_t> active_dropped_cases{0};

namespace {

// Behind these its decision at the end is out of the pipeline's sight.
bool hides_tail_decisions(const Sampler& sampler) noexcept {
  if (dynamic_cast<const builtin::KeepSlowAndFailed*>(&sampler) != nullptr) return true;
  if (const auto* record = dynamic_cast<const builtin::AlwaysRecord*>(&sampler)) {
    return hides_tail_decisions(*record->root());
  }
  const auto* parent_based = dynamic_cast<const builtin::ParentBased*>(&sampler);
  return parent_based != nullptr && hides_tail_decisions(*parent_based->root());
}

}  // namespace

SamplerPlan::SamplerPlan(const SamplerPtr& sampler) : sampler_(sampler.get()) {
  if (sampler_ == nullptr) return;
  if (const auto* parent_based = dynamic_cast<const builtin::ParentBased*>(sampler_)) {
    follows_parent_ = true;
    exact_.root = verdict_of(*parent_based->root());
    for (std::size_t i = 0; i < builtin::ParentBased::kCases; ++i) {
      exact_.below[i] = verdict_of(*parent_based->delegate(i));
    }
  } else {
    set_all(verdict_of(*sampler_));
  }
  if (dynamic_cast<const builtin::RateLimited*>(sampler_) != nullptr) {
    exact_.below[builtin::ParentBased::local_sampled] = Verdict::sample;
    exact_.below[builtin::ParentBased::local_not_sampled] = Verdict::drop;
  }
  quick_ = exact_;
}

void SamplerPlan::set_all(Verdict verdict) noexcept {
  exact_.root = verdict;
  exact_.below.fill(verdict);
}

// One ratio and one probability can be kept; a second, different one is asked for.
SamplerPlan::Verdict SamplerPlan::verdict_of(Sampler& sampler) noexcept {
  if (dynamic_cast<const builtin::AlwaysOn*>(&sampler) != nullptr) return Verdict::sample;
  if (dynamic_cast<const builtin::AlwaysOff*>(&sampler) != nullptr) return Verdict::drop;
  if (const auto* keeps = dynamic_cast<const builtin::KeepSlowAndFailed*>(&sampler)) {
    if (keeps_ == nullptr) keeps_ = keeps;
    return Verdict::sample;
  }
  if (const auto* ratio = dynamic_cast<const builtin::TraceIdRatio*>(&sampler)) {
    if (has_threshold_ && threshold_ != ratio->threshold()) return Verdict::ask;
    has_threshold_ = true;
    threshold_ = ratio->threshold();
    return Verdict::by_ratio;
  }
  if (auto* probability = dynamic_cast<builtin::Probability*>(&sampler)) {
    if (probability_ != nullptr && probability_ != probability) return Verdict::ask;
    probability_ = probability;
    return Verdict::by_probability;
  }
  const auto* record = dynamic_cast<const builtin::AlwaysRecord*>(&sampler);
  if (record != nullptr && hides_tail_decisions(*record->root())) {
    error_reporter().report(
        ErrorCode::invalid_option,
        "Options::sampler=\"samplers::always_record(keep_slow_and_failed)\" decides nothing at a "
        "trace's end: every trace is exported. Fix: keep_slow_and_failed without always_record "
        "around it; it records everything by itself");
  }
  return Verdict::ask;
}

void SamplerPlan::go_the_long_way() noexcept {
  quick_.root = Verdict::ask;
  quick_.below.fill(Verdict::ask);
}

std::uint32_t SamplerPlan::dropped_cases() const noexcept {
  std::uint32_t cases = quick_.root == Verdict::drop ? 1U << kRootCase : 0;
  for (std::uint32_t i = 0; i < builtin::ParentBased::kCases; ++i) {
    if (quick_.below[i] == Verdict::drop) cases |= 1U << i;
  }
  return cases;
}

SamplerPlan::Verdict SamplerPlan::decide_by_ratio(const TraceId& trace_id,
                                                  bool has_parent) const noexcept {
  static constinit std::atomic<bool> has_warned{false};
  if (has_parent && !has_warned.load(std::memory_order_relaxed) &&
      !has_warned.exchange(true, std::memory_order_relaxed)) {
    error_reporter().report(
        ErrorCode::invalid_option,
        "samplers::trace_id_ratio decides about spans that have a parent, and may tear a trace "
        "whose parts have other ratios; put it into samplers::parent_based");
  }
  return builtin::TraceIdRatio::samples(trace_id, threshold_) ? Verdict::sample : Verdict::drop;
}

TraceState SamplerPlan::trace_state(const SpanContext& parent, Verdict verdict) const {
  const TraceState& state = parent.trace_state();
  if (state.empty() || !parent.is_remote()) return state;
  if (keeps_ != nullptr && verdict == Verdict::sample) return with_threshold(state, std::nullopt);
  if (!follows_parent_) return state;
  return consistent_trace_state(state, parent.is_sampled(), randomness_of(parent.trace_id()));
}

}  // namespace weft::inline v0::detail
