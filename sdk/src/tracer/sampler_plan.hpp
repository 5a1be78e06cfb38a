// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <weft/ids.hpp>
#include <weft/sampler.hpp>
#include <weft/span_context.hpp>

namespace weft::inline v0::detail {

/// A sampler as the tracer evaluates it: the built-in ones in place, without a virtual call; others
/// are asked.
class SamplerPlan {
 public:
  enum class Verdict : std::uint8_t { drop, sample, ask, by_ratio };

  SamplerPlan() noexcept = default;
  explicit SamplerPlan(const SamplerPtr& sampler);

  /// For a child of `parent` (null: a root).
  Verdict decide(const SpanContext* parent) const noexcept {
    return parent == nullptr ? root_ : decide(parent->trace_flags());
  }
  /// Under that decision of the caller's.
  Verdict decide(TraceFlags parent) const noexcept {
    if (!follows_parent_) return parent.debug() ? Verdict::sample : root_;
    if (parent.sampled()) return Verdict::sample;
    return parent.deferred() ? root_ : Verdict::drop;
  }
  /// What `by_ratio` comes to for a trace.
  Verdict decide_by_ratio(const TraceId& trace_id) const noexcept;
  /// `decide` may say `ask`.
  bool may_ask() const noexcept { return root_ == Verdict::ask; }
  Sampler* sampler() const noexcept { return sampler_; }

 private:
  Sampler* sampler_ = nullptr;
  std::uint64_t threshold_ = 0;
  Verdict root_ = Verdict::sample;
  bool follows_parent_ = false;
};

}  // namespace weft::inline v0::detail
