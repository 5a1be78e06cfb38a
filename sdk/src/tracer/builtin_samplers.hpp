// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include <weft/sampler.hpp>

// The built-in samplers as types, so that the tracer recognises them and evaluates them in place.
// All of them hand on the parent's trace state. OpenTelemetry Tracing SDK, "Built-in samplers".

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

/// Follows the sampled flag of a valid parent, remote or local; the root sampler decides the rest.
class ParentBased final : public Sampler {
 public:
  /// Null: AlwaysOn.
  explicit ParentBased(SamplerPtr root);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  const SamplerPtr& root() const noexcept { return root_; }

 private:
  SamplerPtr root_;
};

}  // namespace weft::inline v0::builtin
