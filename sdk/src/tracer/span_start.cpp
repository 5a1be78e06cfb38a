// SPDX-License-Identifier: Apache-2.0
#include "tracer/span_start.hpp"

#include <new>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
#include "tracer/new_ids.hpp"
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

[[gnu::noinline]] bool decide_by_ratio(const SamplerPlan& sampler, NewIds ids) noexcept {
  return sampler.decide_by_ratio(ids.trace_id()) == SamplerPlan::Verdict::sample;
}

std::uint8_t flags_of(bool is_sampled, const Parent& parent) noexcept {
  constexpr std::uint8_t kInherited = TraceFlags::kRandom | TraceFlags::kDebug;
  const int inherited = parent.context == nullptr
                            ? TraceFlags::kRandom
                            : parent.context->trace_flags().bits() & kInherited;
  return static_cast<std::uint8_t>((is_sampled ? TraceFlags::kSampled : 0) | inherited);
}

/// Where a new span's identity goes: into its handle, and into the node of one that becomes
/// current. Both are written from registers, since copying what was just stored piece by piece
/// would wait.
struct Places {
  SpanIdentity& handle;
  SpanIdentity* node;  // may be null
};

[[gnu::always_inline]] inline void set_ids(const Places& places, const NewIds& ids,
                                           TraceFlags flags, const Parent& parent) noexcept {
  const TraceState none;
  const TraceState& state = parent.context != nullptr ? parent.context->trace_state() : none;
  const RecordRef not_recorded{nullptr, 0, RecordPool::epoch()};
  ids.store(places.handle.context, flags, state);
  places.handle.record = not_recorded;
  if (places.node == nullptr) return;
  ids.store(places.node->context, flags, state);
  places.node->record = not_recorded;
  places.node->clock_offset = 0;
}

// Chooses ids, decides about sampling, opens a record. With valid ids in any case, recording or
// not.
[[gnu::always_inline]] inline void start_span(ThreadData& thread, ContextState& state,
                                              const StartRequest& request, BasicSpan& span,
                                              SpanIdentity* node) noexcept {
  const Places places{SpanAccess::identity(span), node};
  const Parent parent = request.options != nullptr ? find_parent(*request.options, state)
                                                   : parent_from(top_span(state));
  const ReadSection section(thread);
  const TelemetryCore* core = section.core();
  if (core == nullptr || core->asks_user() || parent.is_decision()) [[unlikely]] {
    start_slowly(thread, core, request, parent, span);
    if (node != nullptr) ::new (node) SpanIdentity(places.handle);
    return;
  }
  NewIds ids;
  if (parent.context == nullptr) {
    ids.make_trace(thread.random);
  } else {
    ids.take_trace(parent.context->trace_id());
  }
  ids.make_span(thread.random);
  const SamplerPlan::Verdict verdict = core->sampler().decide(parent.context);
  const bool is_sampled =
      verdict == SamplerPlan::Verdict::sample ||
      (verdict == SamplerPlan::Verdict::by_ratio && decide_by_ratio(core->sampler(), ids));
  set_ids(places, ids, TraceFlags(flags_of(is_sampled, parent)), parent);
  if (!is_sampled) return;
  open_record(thread, *core, request, parent, nullptr, span);
  if (node == nullptr) return;
  node->record = places.handle.record;
  node->clock_offset = places.handle.clock_offset;
}

// One that does not become current: it is detached, or memory for its node is not to be had.
[[gnu::noinline]] void start_alone(ThreadData& thread, const StartRequest& request,
                                   BasicSpan& span) noexcept {
  start_span(thread, current_state_inline(), request, span, nullptr);
}

}  // namespace

}  // namespace detail

Span::Span(const Tracer& tracer, std::string_view name, const SpanOptions* options,
           detail::AttributeSource attributes) noexcept {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) [[unlikely]]
    return;
  detail::ContextState& state = detail::current_state_inline();
  detail::SpanNode* node = detail::acquire_node(*thread);
  const detail::StartRequest request{tracer, name, options, attributes};
  if (node == nullptr) [[unlikely]] {
    detail::start_alone(*thread, request, *this);
    return;
  }
  detail::start_span(*thread, state, request, *this, &node->identity);
  if (options != nullptr && options->parent.context() != nullptr) {
    overlay_ = detail::lay_over(*thread, state, *options->parent.context());
  }
  detail::push_node(*thread, state, *node);
  node_ = node;
  node_word_ = node->word.load(std::memory_order_relaxed);
  exceptions_at_start_ = detail::exceptions_in_flight(*thread, state);
}

DetachedSpan::DetachedSpan(const Tracer& tracer, std::string_view name, const SpanOptions* options,
                           detail::AttributeSource attributes) noexcept {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) [[unlikely]]
    return;
  const detail::StartRequest request{tracer, name, options, attributes};
  detail::start_alone(*thread, request, *this);
}

}  // namespace weft::inline v0
