// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/detail/context_state.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

/// A node from the thread's free list, its `word` already that of its new life; null when memory is
/// not to be had. Nodes are never given back to the system: who holds a stale pointer may always
/// compare `word`.
SpanNode* acquire_node(ThreadData& thread) noexcept;
/// Ends a node's life: its word changes, what it holds is let go.
void release_node(ThreadData* thread, SpanNode& node) noexcept;

/// Makes a span current: the node goes on top of the context's stack. Null when memory ran out.
SpanNode* push_span(ThreadData& thread, ContextState& state, const SpanIdentity& identity) noexcept;
/// Takes that span off its context's stack, wherever it is in it, and restores the request id. From
/// another context it only marks it closed, and its own context drops it when it looks next; false
/// then (misuse).
bool pop_span(ThreadData* thread, SpanNode& node, std::uint64_t word) noexcept;

/// The innermost open span of a context, dropping those that were closed from elsewhere.
SpanNode* top_span(ContextState& state) noexcept;
/// The same for a context that must not be changed.
const SpanNode* top_span(const ContextState& state) noexcept;

/// The identity that tokens compare; given at first need.
std::uint64_t context_id(ThreadData& thread, ContextState& state) noexcept;

/// Remembers the request id that a `set` is about to replace, so that the open span restores it.
void save_request_id(ContextState& state, ValueBox* before) noexcept;

}  // namespace weft::inline v0::detail
