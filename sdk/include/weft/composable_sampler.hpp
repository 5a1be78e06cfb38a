// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <weft/attributes.hpp>
#include <weft/context.hpp>
#include <weft/sampler.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// What a composable sampler may look at: all that a sampler sees but the trace id, so that
/// decisions of several combine. Valid during the call.
struct ComposableParameters {
  const Context& parent;
  const SpanContext& parent_span;  ///< !is_valid() for a root
  std::string_view name;
  SpanKind kind;
  const Attributes& attributes;
  std::span<const Link> links;
};

/// What a composable sampler wants. OpenTelemetry Tracing SDK, SamplingIntent.
struct SamplingIntent {
  /// Of 56 bits: the span is sampled when the trace's randomness is not below; none: drop.
  std::optional<std::uint64_t> threshold{};
  /// The threshold says what a sampled span stands for: it may travel as `th`.
  bool adjusted_count_reliable = false;
  /// Called for a span that is sampled; empty: none.
  std::function<Attributes()> attributes{};
  /// Called with the parent's trace state; must leave the entry `ot` alone. Empty: unchanged.
  std::function<TraceState(const TraceState&)> trace_state{};
};

/// A part of a decision, for `samplers::composite`. User-written ones derive from this; both
/// functions are called from any thread, at once. What they throw drops the span, counted.
class WEFT_API ComposableSampler {
 public:
  virtual ~ComposableSampler();
  virtual SamplingIntent sampling_intent(const ComposableParameters& parameters) = 0;
  /// For people; may change over time.
  virtual std::string description();
};

namespace composables {

/// True when a rule is for this span.
using Predicate = std::function<bool(const ComposableParameters&)>;

/// A predicate and who decides where it holds. An empty predicate always holds.
struct Rule {
  Predicate predicate{};
  ComposablePtr sampler{};
  std::string description{};  ///< of the predicate, for people
};

/// Everything, with a threshold of 0.
WEFT_API ComposablePtr always_on();
/// Nothing.
WEFT_API ComposablePtr always_off();
/// That share of traces; 0 is always_off; outside [0, 1] it is clamped, reported.
WEFT_API ComposablePtr probability(double ratio);
/// `root` for spans without a parent; the others keep their parent's threshold, else its flag.
WEFT_API ComposablePtr parent_threshold(ComposablePtr root);
/// The first rule that holds; none: drop. A rule without a sampler is reported and left out.
WEFT_API ComposablePtr rule_based(std::vector<Rule> rules);
/// As `delegate`, with these attributes on what is sampled; a key of the delegate's wins.
WEFT_API ComposablePtr annotating(Attributes attributes, ComposablePtr delegate);

// Predicates for rules.

/// A span without a parent.
WEFT_API Predicate is_root();
/// A span whose parent came from another process.
WEFT_API Predicate has_remote_parent();
WEFT_API Predicate is_kind(SpanKind kind);
/// `*` stands for any text, `?` for one character (a byte).
WEFT_API Predicate name_matches(std::string pattern);
/// An attribute given at the start has this value, as text: `true`, `42`, `GET`.
WEFT_API Predicate attribute_is(std::string key, std::string value);

}  // namespace composables

}  // namespace weft::inline v0
