// SPDX-License-Identifier: Apache-2.0
#include "context/context_block.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "context/span_node.hpp"

namespace weft::inline v0::detail {

namespace {

ContextBlock* make_block(std::uint32_t size) {
  void* memory = ::operator new(sizeof(ContextBlock) + size * sizeof(ValueBox*));
  auto* block = ::new (memory) ContextBlock;
  block->size = size;
  std::fill_n(block->slots(), size, nullptr);
  return block;
}

void copy_slots(const ContextBlock& from, ContextBlock& to) noexcept {
  for (std::uint32_t i = 0; i < from.size; ++i) {
    ValueBox* box = from.slots()[i];
    if (box != nullptr) box->word.fetch_add(1, std::memory_order_relaxed);
    to.slots()[i] = box;
  }
}

}  // namespace

void destroy_block(ContextBlock* block) noexcept {
  for (std::uint32_t i = 0; i < block->size; ++i) {
    if (ValueBox* box = block->slots()[i]) release_box(box);
  }
  ::operator delete(block);
}

ContextBlock& copy_block(ContextState& state, std::uint32_t slot) {
  ContextBlock* block = state.variables;
  const bool fits = block != nullptr && slot <= block->size;
  const std::uint32_t wanted = fits ? block->size : std::max<std::uint32_t>(slot + 3, 4);
  ContextBlock* fresh = make_block(wanted);
  if (block != nullptr) copy_slots(*block, *fresh);
  state.variables = fresh;
  release_block(block);
  return *fresh;
}

void replace_value(ContextState& state, std::uint32_t slot, ValueBox* box) noexcept {
  ValueBox* old = box;
  if (box != nullptr || find_box(state, slot) != nullptr) {
    try {
      old = std::exchange(writable_block(state, slot).slots()[slot - 1], box);
    } catch (const std::bad_alloc&) {
      old = box;
    }
  }
  if (old != nullptr) release_box(old);
}

void lock_free_lists() noexcept {
  lock_nodes(true);
  lock_cells(true);
}

void unlock_free_lists() noexcept {
  lock_cells(false);
  lock_nodes(false);
}

void clear_state(ContextState& state) noexcept {
  while (state.span != nullptr) {
    SpanNode* node = std::exchange(state.span, state.span->below);
    if (node->word.load(std::memory_order_relaxed) != 0) release_node(this_thread_data, *node);
  }
  release_block(std::exchange(state.variables, nullptr));
  state.id = 0;
}

}  // namespace weft::inline v0::detail
