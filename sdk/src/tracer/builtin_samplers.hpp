// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <weft/sampler.hpp>

// The built-in samplers as types, so that the tracer recognises them and evaluates them in place.

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

/// Samples where the lower 63 bits of the trace id's right half, read as a big-endian number, are
/// below ratio * 2^63: the rule that Go's and Java's SDKs share, so services that sample alike agree.
class TraceIdRatio final : public Sampler {
 public:
  explicit TraceIdRatio(double ratio);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  std::uint64_t threshold() const noexcept { return threshold_; }
  static bool samples(const TraceId& trace_id, std::uint64_t threshold) noexcept;

 private:
  double ratio_;
  std::uint64_t threshold_;
};

class ParentBased final : public Sampler {
 public:
  explicit ParentBased(SamplerPtr root);
  SamplingResult should_sample(const SamplingParameters& parameters) override;
  std::string description() override;
  const SamplerPtr& root() const noexcept { return root_; }

 private:
  SamplerPtr root_;
};

}  // namespace weft::inline v0::builtin
