// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weft/ids.hpp>
#include <weft/sampler.hpp>
#include <weft/span_context.hpp>

namespace weft::inline v0 {

namespace builtin {
class KeepSlowAndFailed;
class Probability;
}  // namespace builtin

namespace detail {

/// A sampler as the tracer evaluates it: the built-in ones in place, without a virtual call; others
/// are asked. Two tables by the parent: what can be said on the short way of a span's start, and
/// what is so.
class SamplerPlan {
 public:
  /// On the short way all from `by_probability` on mean: go the long one.
  enum class Verdict : std::uint8_t { drop, sample, by_ratio, by_probability, ask };

  SamplerPlan() noexcept = default;
  explicit SamplerPlan(const SamplerPtr& sampler);
  /// Nothing can be said on the short way.
  void go_the_long_way() noexcept;

  /// The short way, for a child of `parent` (null: a root).
  Verdict decide(const SpanContext* parent) const noexcept {
    if (parent == nullptr) return quick_.root;
    const TraceFlags flags = parent->trace_flags();
    const bool is_remote = parent->is_remote();
    constexpr std::uint8_t kOdd = TraceFlags::kDebug | TraceFlags::kDeferred;
    if ((flags.bits() & kOdd) != 0 || (is_remote && !parent->trace_state().empty())) [[unlikely]] {
      return Verdict::ask;
    }
    return quick_.below[(is_remote ? 2U : 0U) + (flags.sampled() ? 1U : 0U)];
  }

  /// The cases whose spans are dropped on the short way: one bit for each of
  /// builtin::ParentBased::Case, and kRootCase.
  std::uint32_t dropped_cases() const noexcept;

  /// The long way.
  Verdict decide_root() const noexcept { return exact_.root; }
  /// Under that decision of the caller's.
  Verdict decide_below(TraceFlags parent, bool is_remote) const noexcept {
    if (parent.debug()) return Verdict::sample;
    if (parent.deferred() && !parent.sampled()) return exact_.root;
    return exact_.below[(is_remote ? 2U : 0U) + (parent.sampled() ? 1U : 0U)];
  }
  /// What `by_ratio` comes to for a trace; a span that has a parent is told of, once.
  Verdict decide_by_ratio(const TraceId& trace_id, bool has_parent) const noexcept;

  Sampler* sampler() const noexcept { return sampler_; }
  builtin::Probability* probability() const noexcept { return probability_; }
  /// It decides at a trace's end; null: no.
  const builtin::KeepSlowAndFailed* keeps() const noexcept { return keeps_; }

  /// What becomes of a remote parent's trace state where a verdict is given in place.
  TraceState trace_state(const SpanContext& parent, Verdict verdict) const;

 private:
  struct Table {
    Verdict root = Verdict::sample;
    std::array<Verdict, 4> below{Verdict::sample, Verdict::sample, Verdict::sample,
                                 Verdict::sample};  // builtin::ParentBased::Case
  };

  void set_all(Verdict verdict) noexcept;
  Verdict verdict_of(Sampler& sampler) noexcept;

  Sampler* sampler_ = nullptr;
  builtin::Probability* probability_ = nullptr;
  const builtin::KeepSlowAndFailed* keeps_ = nullptr;
  std::uint64_t threshold_ = 0;
  Table quick_;
  Table exact_;
  bool has_threshold_ = false;
  bool follows_parent_ = false;
};

/// In `dropped_cases`: spans without a parent.
inline constexpr std::uint32_t kRootCase = 4;

/// The active plan's `dropped_cases`, for all to see: a span that is dropped needs nothing else of
/// a core, so it starts without the section in which one is safe. 0: there is no core, or none is
/// dropped without a look. Relaxed: one moment earlier or later is as good.
[[gnu::visibility("hidden")]] extern constinit std::atomic<std::uint32_t> active_dropped_cases;

}  // namespace detail

}  // namespace weft::inline v0
