// SPDX-License-Identifier: Apache-2.0
#include <new>
#include <utility>

#include "platform/user_exception.hpp"
#include "span/record_pool.hpp"
#include "span/span_access.hpp"
#include "tracer/builtin_samplers.hpp"
#include "tracer/core.hpp"
#include "tracer/new_ids.hpp"
#include "tracer/sampling.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0::detail {

namespace {

void begin_trace(NewIds& ids, Random& random, IdGenerator* generator) noexcept {
  if (generator == nullptr) return ids.make_trace(random);
  try {
    if (const TraceId id = generator->trace_id(); id.is_valid()) return ids.take_trace(id);
  } catch (...) {
    count_user_exception("IdGenerator::trace_id threw; a random id is used");
  }
  ids.make_trace(random);
}

void begin_span(NewIds& ids, Random& random, IdGenerator* generator) noexcept {
  if (generator == nullptr) return ids.make_span(random);
  try {
    if (const SpanId id = generator->span_id(); id.is_valid()) return ids.take_span(id);
  } catch (...) {
    count_user_exception("IdGenerator::span_id threw; a random id is used");
  }
  ids.make_span(random);
}

// The flags but sampled.
int other_flags(Parent parent, const IdGenerator* generator) noexcept {
  constexpr int kInherited = TraceFlags::kRandom | TraceFlags::kDebug;
  if (parent.context != nullptr) return parent.context->trace_flags().bits() & kInherited;
  const int debug = parent.is_decision() ? parent.decision().bits() & TraceFlags::kDebug : 0;
  return debug | (generator == nullptr || generator->random() ? TraceFlags::kRandom : 0);
}

// Without `init` a span stands in for its remote parent, so that the trace goes on unbroken through
// a service that does not record; a local one gets ids of its own.
void start_without_core(ThreadData& thread, Parent parent, SpanIdentity& identity) noexcept {
  identity.record.epoch = RecordPool::epoch();
  if (parent.context != nullptr && parent.context->is_remote()) {
    identity.context = *parent.context;
    return;
  }
  NewIds ids;
  ids.make_span(thread.random);
  if (parent.context == nullptr) {
    ids.make_trace(thread.random);
    // Nothing is recorded here; what the caller decided goes on to those who record.
    const int decision = parent.is_decision() ? parent.decision().bits() : 0;
    return ids.store(identity.context,
                     TraceFlags(static_cast<std::uint8_t>(decision | TraceFlags::kRandom)),
                     TraceState());
  }
  ids.take_trace(parent.context->trace_id());
  ids.store(identity.context, parent.context->trace_flags(), parent.context->trace_state());
}

SamplerPlan::Verdict decide(const SamplerPlan& sampler, Parent parent) noexcept {
  if (parent.is_decision()) return sampler.decide_below(parent.decision(), true);
  if (parent.context == nullptr) return sampler.decide_root();
  return sampler.decide_below(parent.context->trace_flags(), parent.context->is_remote());
}

// Throws std::bad_alloc.
Sampling decide_in_place(const SamplerPlan& sampler, SamplerPlan::Verdict verdict, Parent parent,
                         const TraceId& trace_id) {
  const SpanContext none;
  const SpanContext& before = parent.context != nullptr ? *parent.context : none;
  if (verdict == SamplerPlan::Verdict::by_probability) {
    auto decision = sampler.probability()->decide(before, trace_id);
    return {decision.is_sampled, decision.is_sampled, std::move(decision.trace_state), {}};
  }
  if (verdict == SamplerPlan::Verdict::by_ratio) {
    verdict = sampler.decide_by_ratio(trace_id, parent.context != nullptr);
  }
  const bool is_sampled = verdict == SamplerPlan::Verdict::sample;
  return {is_sampled, is_sampled, sampler.trace_state(before, verdict), {}};
}

Sampling choose(const TelemetryCore& core, const StartRequest& request, Parent parent,
                const TraceId& trace_id) noexcept {
  const TraceState before =
      parent.context != nullptr ? parent.context->trace_state() : TraceState();
  const SamplerPlan::Verdict verdict = decide(core.sampler(), parent);
  if (verdict == SamplerPlan::Verdict::ask) return ask_sampler(core, request, trace_id, before);
  try {
    return decide_in_place(core.sampler(), verdict, parent, trace_id);
  } catch (const std::bad_alloc&) {
    return {.trace_state = before};
  }
}

// Its spans are not there: children go to the parent, which keeps its clock and its local root.
void stand_aside(Parent parent, SpanIdentity& identity) noexcept {
  if (parent.context != nullptr) {
    identity.context = *parent.context;
    identity.clock_offset = parent.clock_offset;
    if (!parent.context->is_remote()) identity.record.epoch = RecordPool::epoch();
  } else if (parent.is_decision()) {
    identity.context = SpanContext({}, {}, parent.decision(), {}, true);
  }
}

}  // namespace

void start_slowly(ThreadData& thread, const TelemetryCore* core, const StartRequest& request,
                  Parent parent, BasicSpan& span) noexcept {
  SpanIdentity& identity = SpanAccess::identity(span);
  if (core == nullptr) core = TelemetryCore::go_on_in_child();
  if (core == nullptr) return start_without_core(thread, parent, identity);
  if (core->configures_tracers() && !is_enabled(thread, *core, request.tracer)) {
    return stand_aside(parent, identity);
  }
  IdGenerator* generator = core->id_generator();
  NewIds ids;
  if (parent.context == nullptr) {
    begin_trace(ids, thread.random, generator);
  } else {
    ids.take_trace(parent.context->trace_id());
  }
  const Sampling sampling = choose(*core, request, parent, ids.trace_id());
  begin_span(ids, thread.random, generator);
  const int flags =
      (sampling.is_sampled ? TraceFlags::kSampled : 0) | other_flags(parent, generator);
  ids.store(identity.context, TraceFlags(static_cast<std::uint8_t>(flags)), sampling.trace_state);
  identity.record.epoch = RecordPool::epoch();
  if (!sampling.is_recorded) return thread.account.not_recorded.add();
  if (parent.is_decision()) parent = Parent{};
  open_record(thread, *core, request, parent, &sampling.attributes, span);
  if (!sampling.is_sampled) thread.account.recorded_only.add();
}

}  // namespace weft::inline v0::detail
