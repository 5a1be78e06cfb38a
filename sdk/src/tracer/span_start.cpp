// SPDX-License-Identifier: Apache-2.0
#include "tracer/span_start.hpp"

#include <new>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
#include "tracer/dropped_start.hpp"
#include "tracer/new_ids.hpp"
#include "tracer/open_record.hpp"
#include "tracer/overlay.hpp"

namespace weft::inline v0 {

namespace detail {

namespace {

// Not valid: no parent, though perhaps a decision.
[[gnu::cold]] Parent without_ids(const SpanContext& span) noexcept {
  return span.is_decision() ? Parent::decided(span.trace_flags()) : Parent{};
}

Parent parent_from(const SpanNode* node) noexcept {
  if (node == nullptr) return {};
  if (!node->identity.context.is_valid()) [[unlikely]]
    return without_ids(node->identity.context);
  return {&node->identity.context, node->identity.clock_offset};
}

[[gnu::noinline]] Parent find_parent(const SpanOptions& options, ContextState& state) noexcept {
  if (options.root) return {};
  if (const Context* context = options.parent.context()) {
    return parent_from(top_span(ContextAccess::state(*context)));
  }
  if (const SpanContext* span = options.parent.span_context()) {
    return span->is_valid() ? Parent{span, 0} : without_ids(*span);
  }
  return parent_from(top_span(state));
}

[[gnu::noinline]] bool decide_by_ratio(const SamplerPlan& sampler, NewIds ids,
                                       bool has_parent) noexcept {
  return sampler.decide_by_ratio(ids.trace_id(), has_parent) == SamplerPlan::Verdict::sample;
}

std::uint64_t rest_of(bool is_sampled, const Parent& parent) noexcept {
  constexpr std::uint64_t kInherited =
      NewIds::kFlag * std::uint64_t{TraceFlags::kRandom | TraceFlags::kDebug};
  const std::uint64_t inherited = parent.context == nullptr
                                      ? NewIds::kFlag * std::uint64_t{TraceFlags::kRandom}
                                      : NewIds::rest_word(*parent.context) & kInherited;
  return NewIds::kValid | inherited | (is_sampled ? NewIds::kSampled : 0);
}

// Where a span has its ids from, and whether it is sampled.
struct Chosen {
  NewIds ids;
  std::uint64_t rest = 0;
  bool is_sampled() const noexcept { return (rest & NewIds::kSampled) != 0; }
  IdWords words() const noexcept { return {ids.trace_high, ids.trace_low, ids.span, rest}; }
};

[[gnu::always_inline]] inline Chosen choose(ThreadData& thread, const TelemetryCore& core,
                                            const Parent& parent,
                                            SamplerPlan::Verdict verdict) noexcept {
  Chosen chosen;
  NewIds& ids = chosen.ids;
  if (parent.context == nullptr) {
    ids.make_trace(thread.random);
  } else {
    ids.take_trace(parent.context->trace_id());
  }
  ids.make_span(thread.random);
  const bool is_sampled = verdict == SamplerPlan::Verdict::sample ||
                          (verdict == SamplerPlan::Verdict::by_ratio &&
                           decide_by_ratio(core.sampler(), ids, parent.context != nullptr));
  chosen.rest = rest_of(is_sampled, parent);
  return chosen;
}

// With a trace state, which may be empty.
void make_identity(SpanIdentity& at, const Chosen& chosen, const RecordRef& record,
                   const TraceState& state) noexcept {
  chosen.ids.store(at.context, chosen.rest, state);
  at.record = record;
  at.clock_offset = 0;
}

[[gnu::noinline]] void start_by_user(ThreadData& thread, const TelemetryCore* core,
                                     const StartRequest& request, Parent parent, BasicSpan& span,
                                     SpanIdentity* node) noexcept {
  SpanIdentity& handle = *::new (&SpanAccess::identity(span)) SpanIdentity();
  start_slowly(thread, core, request, parent, span);
  if (node != nullptr) ::new (node) SpanIdentity(handle);
}

// Chooses ids, decides about sampling, opens a record. With valid ids in any case, recording or
// not. `span` has no identity yet; nor has `node`, which may be null.
void start_span(ThreadData& thread, const StartRequest& request, Parent parent, BasicSpan& span,
                SpanIdentity* node) noexcept {
  const ReadSection section(thread);
  const TelemetryCore* core = section.core();
  SamplerPlan::Verdict verdict = SamplerPlan::Verdict::ask;
  if (core != nullptr) [[likely]]
    verdict = core->sampler().decide(parent.context);
  if (verdict > SamplerPlan::Verdict::by_ratio || parent.is_decision()) [[unlikely]] {
    return start_by_user(thread, core, request, parent, span, node);
  }
  const Chosen chosen = choose(thread, *core, parent, verdict);
  const RecordRef none{nullptr, 0, RecordPool::epoch()};
  const TraceState state = parent.context != nullptr ? parent.context->trace_state() : TraceState();
  SpanIdentity& handle = SpanAccess::identity(span);
  make_identity(handle, chosen, none, state);
  if (chosen.is_sampled()) {
    open_record(thread, *core, request, parent, nullptr, span);
  } else {
    thread.account.not_recorded.add();
  }
  if (node == nullptr) return;
  make_identity(*node, chosen, handle.record, state);
  node->clock_offset = handle.clock_offset;
}

// The seldom ways: with options, not to become current, the first span of a thread, what
// start_recorded leaves.
[[gnu::noinline]] void start_generally(ThreadData& thread, const StartRequest& request,
                                       BasicSpan& span, SpanIdentity* node) noexcept {
  ContextState& state = current_state_inline();
  const Parent parent = request.options != nullptr ? find_parent(*request.options, state)
                                                   : parent_from(top_span(state));
  start_span(thread, request, parent, span, node);
}

// How nearly every span that records starts: no options, no processors, no trace state. Every word
// is written once, to handle, node and record, from registers. False: nothing was done.
[[gnu::always_inline]] inline bool start_recorded(ThreadData& thread, const Tracer& tracer,
                                                  std::string_view name,
                                                  const AttributeSource* attributes, Parent parent,
                                                  Span& span, SpanIdentity& node) noexcept {
  if (parent.context != nullptr && !parent.context->trace_state().empty()) [[unlikely]]
    return false;
  const ReadSection section(thread);
  const TelemetryCore* core = section.core();
  if (core == nullptr || core->has_processors() || parent.is_decision()) [[unlikely]]
    return false;
  const SamplerPlan::Verdict verdict = core->sampler().decide(parent.context);
  if (verdict > SamplerPlan::Verdict::by_ratio) [[unlikely]]
    return false;
  const Chosen chosen = choose(thread, *core, parent, verdict);
  OpenedHead opened;
  if (chosen.is_sampled()) [[likely]] {
    opened = open_head(thread, *core, {tracer, name}, parent, chosen.words(), nullptr);
  } else {
    opened.ref.epoch = RecordPool::epoch();
    thread.account.not_recorded.add();
  }
  make_identity(SpanAccess::identity(span), chosen.ids, chosen.rest, opened.ref,
                opened.clock_offset);
  make_identity(node, chosen.ids, chosen.rest, opened.ref, opened.clock_offset);
  if (attributes != nullptr && opened.ref.record != nullptr) write_attributes(span, *attributes);
  return true;
}

// Without options, on a thread that has had a span.
[[gnu::noinline]] void start_here(Span& span, const Tracer& tracer, std::string_view name,
                                  const AttributeSource* attributes) noexcept {
  ThreadData* thread = this_thread_data;
  if (thread == nullptr || thread->free_nodes == nullptr) [[unlikely]]
    return SpanAccess::begin(span, tracer, name, attributes);
  SpanNode& node = *take_node(*thread);
  ContextState& state = current_state_inline();
  const Parent parent = parent_from(top_span(state));
  if (!start_recorded(*thread, tracer, name, attributes, parent, span, node.identity))
      [[unlikely]] {
    start_generally(*thread, {tracer, name, nullptr, attributes}, span, &node.identity);
  }
  push_node(*thread, state, node);
  SpanAccess::enter(span, node);
  SpanAccess::exceptions_at_start(span) = exceptions_in_flight(*thread, state);
}

}  // namespace

}  // namespace detail

inline void Span::enter(detail::ThreadData& thread, detail::ContextState& state,
                        detail::SpanNode& node) noexcept {
  detail::push_node(thread, state, node);
  detail::SpanAccess::enter(*this, node);
  exceptions_at_start_ = detail::exceptions_in_flight(thread, state);
}

void Span::begin(const Tracer& tracer, std::string_view name, const SpanOptions* options,
                 const detail::AttributeSource* attributes) noexcept {
  node_ = nullptr;
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) [[unlikely]] {
    ::new (&identity_) detail::SpanIdentity();
    return;
  }
  detail::SpanNode* node = detail::acquire_node(*thread);
  detail::start_generally(*thread, {tracer, name, options, attributes}, *this,
                          node != nullptr ? &node->identity : nullptr);
  detail::ContextState& state = detail::current_state_inline();
  exceptions_at_start_ = detail::exceptions_in_flight(*thread, state);
  if (node == nullptr) [[unlikely]]
    return;
  if (options != nullptr && options->parent.context() != nullptr) {
    overlay_ = detail::lay_over(*thread, state, *options->parent.context());
  }
  enter(*thread, state, *node);
}

Span::Span(const Tracer& tracer, std::string_view name, const SpanOptions& options) noexcept
    : BasicSpan(Unmade()) {
  begin(tracer, name, &options, nullptr);
}

Span::Span(const Tracer& tracer, std::string_view name,
           const detail::AttributeSource* attributes) noexcept
    : BasicSpan(Unmade()) {
  // Not 0: the sampler drops some spans without a look.
  const std::uint32_t cases = detail::active_dropped_cases.load(std::memory_order_relaxed);
  if (cases == 0 || !detail::start_dropped(*this, cases)) {
    detail::start_here(*this, tracer, name, attributes);
  }
}

DetachedSpan::DetachedSpan(const Tracer& tracer, std::string_view name, const SpanOptions* options,
                           const detail::AttributeSource* attributes) noexcept
    : BasicSpan(Unmade()) {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) [[unlikely]] {
    ::new (&identity_) detail::SpanIdentity();
    return;
  }
  detail::start_generally(*thread, {tracer, name, options, attributes}, *this, nullptr);
}

}  // namespace weft::inline v0
