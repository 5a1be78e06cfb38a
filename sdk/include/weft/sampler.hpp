// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <weft/attributes.hpp>
#include <weft/context.hpp>
#include <weft/ids.hpp>
#include <weft/span_options.hpp>
#include <weft/trace_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

enum class SamplingDecision : std::uint8_t {
  drop,              ///< not recorded, not sampled
  record_only,       ///< recorded for processors, not exported
  record_and_sample  ///< recorded, exported, and the sampled flag travels
};

/// What a sampler may look at; valid during the call.
struct SamplingParameters {
  const Context& parent;  ///< the whole parent context: `span_context(parent)` is its span
  TraceId trace_id;
  std::string_view name;
  SpanKind kind;
  const Attributes& attributes;
  std::span<const Link> links;
};

struct SamplingResult {
  SamplingDecision decision = SamplingDecision::drop;
  Attributes attributes{};   ///< added to the span when it is recorded
  TraceState trace_state{};  ///< the span's own; return the parent's unless changing it
};

/// Decides whether a span is recorded and sampled. User-written ones derive from this; both
/// functions are called from any thread, at once. What they throw is caught and counted, and the
/// span is dropped. OpenTelemetry Tracing SDK, Sampling.
class WEFT_API Sampler {
 public:
  virtual ~Sampler();
  virtual SamplingResult should_sample(const SamplingParameters& parameters) = 0;
  /// For people; may change over time.
  virtual std::string description();
};
using SamplerPtr = std::shared_ptr<Sampler>;

namespace samplers {
/// Records and samples everything: `AlwaysOnSampler`.
WEFT_API SamplerPtr always_on();
/// Drops everything: `AlwaysOffSampler`.
WEFT_API SamplerPtr always_off();
/// Samples that share of traces, decided by the trace id alone, so that a higher ratio samples a
/// superset. A ratio outside [0, 1] is clamped.
WEFT_API SamplerPtr trace_id_ratio(double ratio);
/// Follows the parent's sampled flag; `root` decides for spans without a parent.
WEFT_API SamplerPtr parent_based(SamplerPtr root);
}  // namespace samplers

}  // namespace weft::inline v0
