// SPDX-License-Identifier: Apache-2.0
#include <typeinfo>
#include <utility>

#include <weft/composable_sampler.hpp>
#include <weft/span.hpp>

#include "platform/error_reporter.hpp"
#include "platform/thread_data.hpp"
#include "platform/type_name.hpp"
#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"

namespace weft::inline v0 {

ComposableSampler::~ComposableSampler() = default;
std::string ComposableSampler::description() { return detail::type_name(typeid(*this)); }

namespace {

// A decision whose threshold says nothing to others must not depend on what others decide by.
std::uint64_t fresh_randomness(const TraceId& trace_id) noexcept {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) return detail::randomness_of(trace_id);
  return thread->random.next() & (detail::kRejectAll - 1);
}

class CompositeSampler final : public Sampler {
 public:
  explicit CompositeSampler(ComposablePtr composable) : composable_(std::move(composable)) {}

  SamplingResult should_sample(const SamplingParameters& given) override {
    const SpanContext parent = span_context(given.parent);
    const SamplingIntent intent = composable_->sampling_intent(
        {given.parent, parent, given.name, given.kind, given.attributes, given.links});
    const bool is_sampled = decide(intent, parent, given.trace_id);
    SamplingResult result;
    if (is_sampled) {
      result.decision = SamplingDecision::record_and_sample;
      if (intent.attributes) result.attributes = intent.attributes();
    }
    const TraceState& before = parent.trace_state();
    const TraceState changed = intent.trace_state ? intent.trace_state(before) : before;
    result.trace_state = detail::with_threshold(
        changed, is_sampled && intent.adjusted_count_reliable ? intent.threshold : std::nullopt);
    return result;
  }

  std::string description() override {
    return "CompositeSampler{" + composable_->description() + "}";
  }

 private:
  static bool decide(const SamplingIntent& intent, const SpanContext& parent,
                     const TraceId& trace_id) noexcept {
    if (!intent.threshold || *intent.threshold >= detail::kRejectAll) return false;
    if (!intent.adjusted_count_reliable) return fresh_randomness(trace_id) >= *intent.threshold;
    const auto given = detail::read_ot_entry(parent.trace_state()).randomness;
    return given.value_or(detail::randomness_of(trace_id)) >= *intent.threshold;
  }

  ComposablePtr composable_;
};

}  // namespace

SamplerPtr samplers::composite(ComposablePtr composable) {
  if (composable == nullptr) {
    detail::error_reporter().refuse(
        "samplers::composite(composable): composable is null; ComposableAlwaysOn is used");
    composable = composables::always_on();
  }
  return std::make_shared<CompositeSampler>(std::move(composable));
}

}  // namespace weft::inline v0
