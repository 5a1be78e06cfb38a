// SPDX-License-Identifier: Apache-2.0
#include "tracer/span_start.hpp"

#include <new>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
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

std::uint8_t flags_of(bool is_sampled, const Parent& parent) noexcept {
  constexpr std::uint8_t kInherited = TraceFlags::kRandom | TraceFlags::kDebug;
  const int inherited = parent.context == nullptr
                            ? TraceFlags::kRandom
                            : parent.context->trace_flags().bits() & kInherited;
  return static_cast<std::uint8_t>((is_sampled ? TraceFlags::kSampled : 0) | inherited);
}

// Where a span has its ids from, and whether it is sampled.
struct Chosen {
  NewIds ids;
  bool is_sampled = false;
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
  chosen.is_sampled = verdict == SamplerPlan::Verdict::sample ||
                      (verdict == SamplerPlan::Verdict::by_ratio &&
                       decide_by_ratio(core.sampler(), ids, parent.context != nullptr));
  return chosen;
}

// An identity where there was none. Ids go to the handle and to the node of a span that becomes
// current, both from registers: copying what was just stored piece by piece would wait.
[[gnu::always_inline]] inline void make_identity(SpanIdentity& identity, const NewIds& ids,
                                                 TraceFlags flags, const Parent& parent,
                                                 std::uint32_t epoch) noexcept {
  if (parent.context != nullptr) {
    ids.store(identity.context, flags, parent.context->trace_state());
  } else {
    ids.store(identity.context, flags, TraceState());
  }
  identity.record = {nullptr, 0, epoch};
  identity.clock_offset = 0;
}

[[gnu::noinline]] void start_by_user(ThreadData& thread, const TelemetryCore* core,
                                     const StartRequest& request, Parent parent, BasicSpan& span,
                                     SpanIdentity* node) noexcept {
  SpanIdentity& handle = *::new (&SpanAccess::identity(span)) SpanIdentity();
  start_slowly(thread, core, request, parent, span);
  if (node != nullptr) ::new (node) SpanIdentity(handle);
}

// Chooses ids, decides about sampling, opens a record. With valid ids in any case, recording or
// not. `span` has no identity yet; nor has `node`, which may be null. Inline, so that a span
// without options pays for none.
[[gnu::always_inline]] inline void start_span(ThreadData& thread, const Tracer& tracer,
                                              std::string_view name, const SpanOptions* options,
                                              const AttributeSource* attributes, Parent parent,
                                              BasicSpan& span, SpanIdentity* node) noexcept {
  const ReadSection section(thread);
  const TelemetryCore* core = section.core();
  SamplerPlan::Verdict verdict = SamplerPlan::Verdict::ask;
  if (core != nullptr) [[likely]]
    verdict = core->sampler().decide(parent.context);
  if (verdict > SamplerPlan::Verdict::by_ratio || parent.is_decision()) [[unlikely]] {
    return start_by_user(thread, core, {tracer, name, options, attributes}, parent, span, node);
  }
  SpanIdentity& handle = SpanAccess::identity(span);
  const Chosen chosen = choose(thread, *core, parent, verdict);
  const TraceFlags flags(flags_of(chosen.is_sampled, parent));
  const std::uint32_t epoch = RecordPool::epoch();
  make_identity(handle, chosen.ids, flags, parent, epoch);
  if (node != nullptr) make_identity(*node, chosen.ids, flags, parent, epoch);
  if (!chosen.is_sampled) {
    thread.account.not_recorded.add();
    return;
  }
  RecordRef ref;
  if (options != nullptr || core->has_processors()) [[unlikely]] {
    open_record(thread, *core, {tracer, name, options, attributes}, parent, nullptr, span);
    ref = handle.record;
  } else {
    ref = open_head(thread, *core, {tracer, name}, parent, handle);
    handle.record = ref;
    if (attributes != nullptr && ref.record != nullptr) write_attributes(span, *attributes);
  }
  if (node == nullptr) return;
  node->record = ref;
  node->clock_offset = handle.clock_offset;
}

// The seldom ways: with options, not to become current, the first span of a thread.
[[gnu::noinline]] void start_generally(ThreadData& thread, const StartRequest& request,
                                       BasicSpan& span, SpanIdentity* node) noexcept {
  ContextState& state = current_state_inline();
  const Parent parent = request.options != nullptr ? find_parent(*request.options, state)
                                                   : parent_from(top_span(state));
  start_span(thread, request.tracer, request.name, request.options, request.attributes, parent,
             span, node);
}

}  // namespace

}  // namespace detail

inline void Span::enter(detail::ThreadData& thread, detail::ContextState& state,
                        detail::SpanNode& node) noexcept {
  detail::push_node(thread, state, node);
  node_ = &node;
  node_word_ = node.word.load(std::memory_order_relaxed);
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
  detail::ThreadData* thread = detail::this_thread_data;
  if (thread == nullptr || thread->free_nodes == nullptr) [[unlikely]] {
    begin(tracer, name, nullptr, attributes);
    return;
  }
  detail::SpanNode& node = *detail::take_node(*thread);
  detail::ContextState& state = detail::current_state_inline();
  const detail::Parent parent = detail::parent_from(detail::top_span(state));
  detail::start_span(*thread, tracer, name, nullptr, attributes, parent, *this, &node.identity);
  enter(*thread, state, node);
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
