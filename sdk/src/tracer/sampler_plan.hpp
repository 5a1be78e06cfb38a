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
  enum class Verdict : std::uint8_t { drop, sample, ask };

  SamplerPlan() noexcept = default;
  explicit SamplerPlan(const SamplerPtr& sampler);

  /// For a child of `parent` (null or invalid: a root).
  Verdict decide(const SpanContext* parent, const TraceId& trace_id) const noexcept {
    if (follows_parent_ && parent != nullptr) {
      return parent->is_sampled() ? Verdict::sample : Verdict::drop;
    }
    if (root_ != Root::ratio) [[likely]] {
      return static_cast<Verdict>(root_);
    }
    return by_ratio(trace_id);
  }
  Sampler* sampler() const noexcept { return sampler_; }

 private:
  enum class Root : std::uint8_t { drop, sample, ask, ratio };
  Verdict by_ratio(const TraceId& trace_id) const noexcept;

  Sampler* sampler_ = nullptr;
  std::uint64_t threshold_ = 0;
  Root root_ = Root::sample;
  bool follows_parent_ = false;
};

}  // namespace weft::inline v0::detail
