// SPDX-License-Identifier: Apache-2.0
#include "context/span_node.hpp"

#include <mutex>
#include <new>
#include <utility>

#include "context/context_block.hpp"
#include "context/current_context.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::uint64_t kClosed = 1;
constexpr std::uint64_t kFirstWord = 2;  // 0 is that of inherited nodes
constexpr std::uint32_t kSlabNodes = 32;

struct SharedNodes {
  std::mutex mutex;
  SpanNode* free = nullptr;
};
constinit SharedNodes shared_nodes;

bool is_inherited(const SpanNode& node) noexcept {
  return node.word.load(std::memory_order_relaxed) == 0;
}

bool is_closed(const SpanNode& node) noexcept {
  // Acquire: the closing thread's last writes to the record come before what we do next.
  return (node.word.load(std::memory_order_acquire) & kClosed) != 0;
}

void give_to_all(SpanNode* first, SpanNode* last) noexcept {
  const std::lock_guard lock(shared_nodes.mutex);
  last->below = shared_nodes.free;
  shared_nodes.free = first;
}

void trim(ThreadData& thread) noexcept {
  SpanNode* first = thread.free_nodes;
  SpanNode* last = first;
  for (std::uint32_t i = 1; i < kKeptNodes / 2; ++i) last = last->below;
  thread.free_nodes = last->below;
  thread.node_count -= kKeptNodes / 2;
  give_to_all(first, last);
}

// The saved request id of a span that closes out of order belongs to the one above it, whose own is
// one that was set in the closed span.
void hand_up_request_id(SpanNode& above, SpanNode& node) noexcept {
  if (!node.has_saved_request_id) return;
  std::swap(above.saved_request_id, node.saved_request_id);  // node's goes with it
  above.has_saved_request_id = true;
}

void take_off_top(ThreadData* thread, ContextState& state, SpanNode& node) noexcept {
  state.span = node.below;
  if (&state == &current_state_inline()) publish_span(node.below);
  if (node.has_saved_request_id) [[unlikely]] {
    replace_value(state, kRequestIdSlot, std::exchange(node.saved_request_id, nullptr));
    node.has_saved_request_id = false;
  }
  release_node(thread, node);
}

bool take_out_of_middle(ThreadData* thread, ContextState& state, SpanNode& node) noexcept {
  for (SpanNode* above = state.span; above != nullptr; above = above->below) {
    if (above->below != &node) continue;
    above->below = node.below;
    hand_up_request_id(*above, node);
    release_node(thread, node);
    return true;
  }
  return false;
}

}  // namespace

SpanNode* refill_nodes(ThreadData& thread) noexcept {
  register_context_exit();
  {
    const std::lock_guard lock(shared_nodes.mutex);
    for (std::uint32_t i = 0; i < kSlabNodes && shared_nodes.free != nullptr; ++i) {
      SpanNode* node = shared_nodes.free;
      shared_nodes.free = node->below;
      node->below = thread.free_nodes;
      thread.free_nodes = node;
      ++thread.node_count;
    }
  }
  if (thread.free_nodes != nullptr) return thread.free_nodes;
  auto* slab = new (std::nothrow) SpanNode[kSlabNodes];  // for the life of the process
  if (slab == nullptr) return nullptr;
  for (std::uint32_t i = 0; i < kSlabNodes; ++i) {
    slab[i].word.store(kFirstWord, std::memory_order_relaxed);
    slab[i].below = thread.free_nodes;
    thread.free_nodes = &slab[i];
  }
  thread.node_count += kSlabNodes;
  return thread.free_nodes;
}

void release_node(ThreadData* thread, SpanNode& node) noexcept {
  // Release: who still holds the old word must not take the next life's fields for its own.
  node.word.store((node.word.load(std::memory_order_relaxed) | kClosed) + 1,
                  std::memory_order_release);
  node.identity = SpanIdentity();
  if (node.saved_request_id != nullptr) release_box(std::exchange(node.saved_request_id, nullptr));
  node.has_saved_request_id = false;
  if (thread == nullptr) return give_to_all(&node, &node);
  node.below = thread->free_nodes;
  thread->free_nodes = &node;
  if (++thread->node_count > kKeptNodes) [[unlikely]]
    trim(*thread);
}

bool pop_span(ThreadData* thread, SpanNode& node, std::uint64_t word) noexcept {
  ContextState& state = current_state();
  if (node.word.load(std::memory_order_relaxed) == word &&
      node.context_id.load(std::memory_order_relaxed) == state.id) {
    if (state.span == &node) [[likely]] {
      take_off_top(thread, state, node);
      return true;
    }
    if (take_out_of_middle(thread, state, node)) return true;
  }
  // Not here. Only the word may be touched: the node is another context's, or has a new life.
  node.word.compare_exchange_strong(word, word | kClosed, std::memory_order_acq_rel,
                                    std::memory_order_relaxed);
  return false;
}

SpanNode* drop_closed_spans(ContextState& state) noexcept {
  SpanNode* node = state.span;
  while (node != nullptr && !is_inherited(*node) && is_closed(*node)) [[unlikely]] {
    SpanNode* below = node->below;
    take_off_top(thread_data(), state, *node);
    node = below;
  }
  return node;
}

const SpanNode* skip_closed_spans(const ContextState& state) noexcept {
  const SpanNode* node = state.span;
  while (node != nullptr && !is_inherited(*node) && is_closed(*node)) node = node->below;
  return node;
}

std::uint64_t give_context_id(ThreadData& thread, ContextState& state) noexcept {
  constexpr std::uint64_t kLease = 4096;
  static constinit std::atomic<std::uint64_t> next_lease{1};
  if (thread.next_context_id == thread.last_context_id) {
    thread.next_context_id = next_lease.fetch_add(kLease, std::memory_order_relaxed);
    thread.last_context_id = thread.next_context_id + kLease;
  }
  state.id = thread.next_context_id++;
  return state.id;
}

void save_request_id(ContextState& state, ValueBox* before) noexcept {
  SpanNode* node = top_span(state);
  if (node == nullptr || is_inherited(*node) || node->has_saved_request_id) return;
  if (before != nullptr) before->word.fetch_add(1, std::memory_order_relaxed);
  node->saved_request_id = before;
  node->has_saved_request_id = true;
}

void lock_nodes(bool lock) noexcept {
  lock ? shared_nodes.mutex.lock() : shared_nodes.mutex.unlock();
}

void orphan_nodes(ThreadData& thread) noexcept {
  SpanNode* first = std::exchange(thread.free_nodes, nullptr);
  thread.node_count = 0;
  if (first == nullptr) return;
  SpanNode* last = first;
  while (last->below != nullptr) last = last->below;
  give_to_all(first, last);
}

}  // namespace weft::inline v0::detail
