// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <weft/sampler.hpp>
#include <weft/span_context.hpp>

// The built-in samplers as types, so that the tracer recognises them and evaluates them in place.
// The trace state that they hand on is the parent's, but for its `th`. OpenTelemetry Tracing SDK,
// "Built-in samplers".

namespace weft::inline v0::builtin {

class AlwaysOn final : public Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
};

class AlwaysOff final : public Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
};

/// Samples where the upper 63 bits of the trace id's right half, a big-endian number, are below
/// ratio * 2^63. The SDKs for Go and for Python draw the same line, so services that sample at the
/// same ratio keep the same traces. It does not look at the parent.
class TraceIdRatio final : public Sampler {
 public:
  /// Clamped to [0, 1]; what is no number counts as 1.
  explicit TraceIdRatio(double ratio);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  std::uint64_t threshold() const noexcept { return threshold_; }
  static bool samples(const TraceId& trace_id, std::uint64_t threshold) noexcept {
    std::uint64_t number = 0;
    std::memcpy(&number, trace_id.bytes().data() + 8, sizeof number);
    if constexpr (std::endian::native == std::endian::little) number = __builtin_bswap64(number);
    return number >> 1U < threshold;
  }

 private:
  double ratio_;
  std::uint64_t threshold_;
};

/// R >= T: span/sampling_threshold.hpp.
class Probability final : public Sampler {
 public:
  /// Precondition: in [2^-56, 1].
  explicit Probability(double ratio);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;

  struct Decision {
    bool is_sampled;
    TraceState trace_state;
  };
  /// For a child of `parent`, which may be invalid. Throws std::bad_alloc.
  Decision decide(const SpanContext& parent, const TraceId& trace_id);

 private:
  void warn_once() noexcept;

  double ratio_;
  std::uint64_t threshold_;
  TraceState root_state_;  // of sampled roots
  std::atomic<bool> has_warned_{false};
};

/// The delegate of a valid parent, remote or local, sampled or not; the root sampler decides the
/// rest.
class ParentBased final : public Sampler {
 public:
  enum Case : std::uint8_t { local_not_sampled, local_sampled, remote_not_sampled, remote_sampled };
  static constexpr std::size_t kCases = 4;
  static constexpr std::size_t case_of(bool is_remote, bool is_sampled) noexcept {
    return (is_remote ? 2U : 0U) + (is_sampled ? 1U : 0U);
  }

  /// Null: AlwaysOn for the root and sampled parents, AlwaysOff for the others.
  explicit ParentBased(SamplerPtr root, ParentDelegates delegates = {});
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  void on_init(const Resource& resource) override;
  const SamplerPtr& root() const noexcept { return root_; }
  const SamplerPtr& delegate(std::size_t one_case) const noexcept { return delegates_[one_case]; }

 private:
  SamplerPtr root_;
  std::array<SamplerPtr, kCases> delegates_;
};

/// What `root` drops is recorded only.
class AlwaysRecord final : public Sampler {
 public:
  explicit AlwaysRecord(SamplerPtr root) : root_(std::move(root)) {}
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  void on_init(const Resource& resource) override;
  const SamplerPtr& root() const noexcept { return root_; }

 private:
  SamplerPtr root_;
};

/// One bucket of `burst` places that `per_second` refills, kept as a single number: the time at
/// which it will be full again (the generic cell rate algorithm).
class RateLimited final : public Sampler {
 public:
  explicit RateLimited(double per_second);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  /// Takes a place, if there is one at `now`, nanoseconds. Any thread; lock-free.
  bool take(std::int64_t now) noexcept;

 private:
  double per_second_;
  std::int64_t interval_;   // of one place to come back; 0: never
  std::int64_t tolerance_;  // how far ahead of now the bucket may be
  std::atomic<std::int64_t> full_at_{0};
};

/// Decides nothing at the start: the pipeline does (processor/tail_stage.hpp).
class KeepSlowAndFailed final : public Sampler {
 public:
  explicit KeepSlowAndFailed(const KeepOptions& options) : options_(options) {}
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  const KeepOptions& options() const noexcept { return options_; }

 private:
  KeepOptions options_;
};

/// A ratio as descriptions show it: six digits and a point, whatever the program's locale.
std::string ratio_text(double ratio);

}  // namespace weft::inline v0::builtin
