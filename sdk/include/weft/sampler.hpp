// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <weft/attributes.hpp>
#include <weft/context.hpp>
#include <weft/ids.hpp>
#include <weft/resource.hpp>
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
  /// Called by `init` before the first span, and again in a forked child: whose spans these are.
  virtual void on_init(const Resource& resource);
};
using SamplerPtr = std::shared_ptr<Sampler>;

class ComposableSampler;
using ComposablePtr = std::shared_ptr<ComposableSampler>;

/// Who decides for spans that have a parent; null: the default, which follows the parent's flag.
/// OpenTelemetry Tracing SDK, ParentBased.
struct ParentDelegates {
  SamplerPtr remote_parent_sampled{};      ///< default: always_on
  SamplerPtr remote_parent_not_sampled{};  ///< default: always_off
  SamplerPtr local_parent_sampled{};       ///< default: always_on
  SamplerPtr local_parent_not_sampled{};   ///< default: always_off
};

/// What `samplers::keep_slow_and_failed` keeps, and how much it may hold back for that. What makes
/// no sense is reported, and the default is used.
struct KeepOptions {
  /// A local root that took at least so long is slow.
  std::chrono::milliseconds slow_after{1000};
  double ratio = 0;                           ///< share of the others, from 0 to 1, by trace id
  std::size_t max_traces = 1000;              ///< undecided at a time
  std::size_t max_bytes = 16U << 20U;         ///< of undecided spans
  std::chrono::milliseconds max_wait{30000};  ///< from the first span of a trace that ended
};

namespace samplers {
/// Records and samples everything: `AlwaysOnSampler`.
WEFT_API SamplerPtr always_on();
/// Drops everything: `AlwaysOffSampler`.
WEFT_API SamplerPtr always_off();
/// Samples that share of traces, decided by the trace id alone, so that a higher ratio samples a
/// superset. A ratio outside [0, 1] is clamped. Meant for roots: put it into `parent_based`; used
/// for a span with a parent it says so once. Deprecated by the specification in favour of
/// `probability`.
WEFT_API SamplerPtr trace_id_ratio(double ratio);
/// Samples that share of traces, from 2^-56 to 1, by the 56 random bits of the trace id (or the
/// trace state's `rv`), and writes the rejection threshold into the trace state (`ot=th:…`), so
/// that backends can count what a span stands for. Ignores the parent's decision: put it into
/// `parent_based`. 0 is always_off; outside [0, 1] it is clamped, reported. OpenTelemetry
/// "TraceState: Probability Sampling".
WEFT_API SamplerPtr probability(double ratio);
/// `root` decides for spans without a parent; for the others the delegate of their parent's kind
/// and flag. By default they follow the flag. A `th` in the trace state that contradicts a remote
/// parent's flag is erased.
WEFT_API SamplerPtr parent_based(SamplerPtr root, ParentDelegates delegates = {});
/// As `root` decides, but what it drops is recorded for processors: record_only.
WEFT_API SamplerPtr always_record(SamplerPtr root);
/// Samples at most so many traces a second, and as many at once after a quiet second (at least
/// one): one bucket for the process, whatever the threads; lock-free. It decides where a trace
/// begins in this process, also below a remote parent (to follow that one, put it into
/// `parent_based`); children follow their local parent. What it decides is of unknown probability:
/// `th` is erased. Not above 0: nothing is sampled; no number: reported, and 1 is used.
WEFT_API SamplerPtr rate_limited(double per_second);
/// Decides by a tree of composable samplers (`weft/composable_sampler.hpp`), keeps the trace
/// state's `ot` entry true.
WEFT_API SamplerPtr composite(ComposablePtr composable);
/// Tail sampling inside the process. Everything is recorded and sent on as sampled; ended spans
/// wait until the local root of their trace has ended, and are exported if that was slow, if any of
/// them has an Error status, or by `ratio`. Spans that end later follow that decision; a trace of
/// which a part was kept is kept in full from there on. Past a bound, past `max_wait` and at
/// shutdown a trace is decided as it is. What is let go is counted as `Drops::not_kept`; what waits
/// is `live`, also for a flush. What waits takes places of `BatchOptions::max_queue_size`, of which
/// it gets at most a half. Give it to `Options::sampler` itself or as the root of `parent_based`.
WEFT_API SamplerPtr keep_slow_and_failed(KeepOptions options = {});
}  // namespace samplers

}  // namespace weft::inline v0
