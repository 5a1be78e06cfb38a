// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include <weft/detail/context_state.hpp>

#include "context/profiler_view.hpp"
#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

inline constexpr std::uint32_t kKeptNodes = 128;

/// A node that is in no list, in this memory. Made member by member: of an aggregate compilers
/// clear the whole first, by an instruction (`rep stos`) that takes longer to begin than this to
/// end.
inline SpanNode& make_empty_node(std::byte* memory) noexcept {
  return *::new (static_cast<void*>(memory)) SpanNode;
}

/// The head of the thread's free list once more nodes are in it; null when memory is not to be had.
SpanNode* refill_nodes(ThreadData& thread) noexcept;

/// The first of the thread's free nodes, of which there are some.
inline SpanNode* take_node(ThreadData& thread) noexcept {
  SpanNode* node = thread.free_nodes;
  thread.free_nodes = node->below;
  --thread.node_count;
  return node;
}

/// A node from the thread's free list, its `word` already that of its new life; null when memory is
/// not to be had. Nodes are never given back to the system: who holds a stale pointer may always
/// compare `word`.
inline SpanNode* acquire_node(ThreadData& thread) noexcept {
  if (thread.free_nodes == nullptr && refill_nodes(thread) == nullptr) [[unlikely]]
    return nullptr;
  return take_node(thread);
}
/// Ends a node's life: its word changes to that of the next one, what it holds is let go.
void release_node(ThreadData* thread, SpanNode& node) noexcept;

/// The identity that tokens compare; given at first need.
std::uint64_t give_context_id(ThreadData& thread, ContextState& state) noexcept;
inline std::uint64_t context_id(ThreadData& thread, ContextState& state) noexcept {
  return state.id != 0 ? state.id : give_context_id(thread, state);
}

/// Makes a node, whose identity is whole, the top of the current context's stack. The context has
/// its id.
inline void push_node(ContextState& state, SpanNode& node) noexcept {
  node.below = state.span;
  node.context_id.store(state.id, std::memory_order_relaxed);
  state.span = &node;
  publish_span(&node);
}
inline void push_node(ThreadData& thread, ContextState& state, SpanNode& node) noexcept {
  (void)context_id(thread, state);
  push_node(state, node);
}
/// Makes a span current. Null when memory ran out.
inline SpanNode* push_span(ThreadData& thread, ContextState& state,
                           const SpanIdentity& identity) noexcept {
  SpanNode* node = acquire_node(thread);
  if (node == nullptr) [[unlikely]]
    return nullptr;
  ::new (&node->identity) SpanIdentity(identity);  // a free node's holds nothing
  push_node(thread, state, *node);
  return node;
}
/// Takes that span off its context's stack, wherever it is in it, and restores the request id. From
/// another context it only marks it closed, and its own context drops it when it looks next; false
/// then (misuse).
bool pop_span(ThreadData* thread, SpanNode& node, std::uint64_t word) noexcept;
/// The same for a span that is on top here and holds nothing that must be let go, as nearly every
/// span; false: nothing was done.
inline bool pop_top_span(ThreadData& thread, ContextState& state, SpanNode& node,
                         std::uint64_t word) noexcept {
  if (state.span != &node || node.word.load(std::memory_order_relaxed) != word ||
      node.has_saved_request_id || !node.identity.context.trace_state().empty() ||
      thread.node_count == kKeptNodes) [[unlikely]] {
    return false;
  }
  state.span = node.below;
  publish_span(node.below);
  node.word.store(word + 2, std::memory_order_release);
  node.below = thread.free_nodes;
  thread.free_nodes = &node;
  ++thread.node_count;
  return true;
}

/// Drops the spans on top that were closed from elsewhere.
SpanNode* drop_closed_spans(ContextState& state) noexcept;
/// The innermost open span of a context, dropping those that were closed from elsewhere.
inline SpanNode* top_span(ContextState& state) noexcept {
  SpanNode* node = state.span;
  // Acquire: the closing thread's last writes to the record come before what we do next. An
  // inherited node's word is 0.
  if (node != nullptr && (node->word.load(std::memory_order_acquire) & 1U) != 0) [[unlikely]] {
    return drop_closed_spans(state);
  }
  return node;
}
/// The same for a context that must not be changed.
const SpanNode* skip_closed_spans(const ContextState& state) noexcept;
inline const SpanNode* top_span(const ContextState& state) noexcept {
  const SpanNode* node = state.span;
  if (node != nullptr && (node->word.load(std::memory_order_acquire) & 1U) != 0) [[unlikely]] {
    return skip_closed_spans(state);
  }
  return node;
}

/// Remembers the request id that a `set` is about to replace, so that the open span restores it.
void save_request_id(ContextState& state, ValueBox* before) noexcept;

}  // namespace weft::inline v0::detail
