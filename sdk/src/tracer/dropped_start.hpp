// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include <weft/span.hpp>

#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "platform/thread_data.hpp"
#include "span/span_access.hpp"
#include "tracer/new_ids.hpp"
#include "tracer/sampler_plan.hpp"

// The start of a span that is dropped without a look at it: ids, current, and nothing else.

namespace weft::inline v0::detail {

/// The case in `active_dropped_cases` of a child of that parent; its verdict alone decides where
/// `is_plain_parent`.
inline std::uint32_t case_below(std::uint64_t rest) noexcept {
  return static_cast<std::uint32_t>(((rest / NewIds::kFlag) & TraceFlags::kSampled) |
                                    ((rest / NewIds::kRemote) & 1U) << 1U);
}

/// A parent that is valid, and of which nothing but its case matters: no debug, nothing deferred,
/// no trace state, not closed from elsewhere.
inline bool is_plain_parent(const SpanNode& parent, std::uint64_t rest) noexcept {
  constexpr std::uint64_t kOdd =
      NewIds::kFlag * std::uint64_t{TraceFlags::kDebug | TraceFlags::kDeferred};
  return (rest & (NewIds::kValid | kOdd)) == NewIds::kValid &&
         parent.identity.context.trace_state().empty() &&
         // Acquire: as in top_span.
         (parent.word.load(std::memory_order_acquire) & 1U) == 0;
}

/// Ids for a child of the span on top, or for a root; false where the sampler may want the span.
[[gnu::always_inline]] inline bool choose_dropped_ids(const SpanNode* top, std::uint32_t cases,
                                                      Random& random, NewIds& ids,
                                                      std::uint64_t& rest) noexcept {
  if (top == nullptr) {
    if ((cases >> kRootCase & 1U) == 0) return false;
    ids.make_trace(random);
    rest = NewIds::rest_word(TraceFlags(TraceFlags::kRandom));
    return true;
  }
  const std::uint64_t parent = NewIds::rest_word(top->identity.context);
  if (!is_plain_parent(*top, parent) || (cases >> case_below(parent) & 1U) == 0) return false;
  ids.take_trace(top->identity.context.trace_id());
  rest = NewIds::kValid | (parent & (NewIds::kFlag * std::uint64_t{TraceFlags::kRandom}));
  return true;
}

/// Puts a span that has its ids, and no record, on top of the current context's stack. The context
/// has its id, the thread a free node.
[[gnu::noinline]] inline void push_dropped(Span& span, ContextState& state, std::uint64_t rest,
                                           std::uint64_t trace_high, std::uint64_t trace_low,
                                           std::uint64_t id) noexcept {
  ThreadData& thread = *this_thread_data;
  SpanNode& node = *take_node(thread);
  const NewIds ids{trace_high, trace_low, id};
  constexpr RecordRef none{nullptr, 0, 1};  // any epoch: a span of this process
  make_identity(SpanAccess::identity(span), ids, rest, none, 0);
  make_identity(node.identity, ids, rest, none, 0);
  thread.account.not_recorded.add();
  push_node(state, node);
  SpanAccess::enter(span, node);
}

/// Makes `span`, which has no identity yet, current without a record. False: nothing was done, it
/// goes the general way.
[[gnu::always_inline]] inline bool start_dropped(Span& span, std::uint32_t cases) noexcept {
  ThreadData* const thread = this_thread_data;
  if (thread == nullptr || thread->free_nodes == nullptr) [[unlikely]]
    return false;
  ContextState& state = current_state_inline();
  NewIds ids;
  std::uint64_t rest = 0;
  if (state.id == 0 || !choose_dropped_ids(state.span, cases, thread->random, ids, rest))
      [[unlikely]] {
    return false;
  }
  ids.make_span(thread->random);
  // By words, which travel in registers.
  push_dropped(span, state, rest, ids.trace_high, ids.trace_low, ids.span);
  return true;
}

}  // namespace weft::inline v0::detail
