// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include <weft/detail/context_state.hpp>
#include <weft/request_id.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

/// The values of a context: one pointer for each slot, null where unset. Shared by the contexts
/// that were copied from one another until one of them writes, which then takes its own copy.
struct ContextBlock {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0;  // slots

  ValueBox** slots() noexcept { return reinterpret_cast<ValueBox**>(this + 1); }
  ValueBox* const* slots() const noexcept { return reinterpret_cast<ValueBox* const*>(this + 1); }
};

inline std::uint64_t owners(std::uint64_t word) noexcept { return word & ValueBox::kOwners; }

inline void retain_box(ValueBox& box) noexcept {
  // The only reference is the caller's: nobody else can change the count meanwhile.
  const std::uint64_t word = box.word.load(std::memory_order_relaxed);
  if (owners(word) == 1) {
    box.word.store(word + 1, std::memory_order_relaxed);
  } else {
    box.word.fetch_add(1, std::memory_order_relaxed);
  }
}

inline void retain_block(ContextBlock* block) noexcept {
  // Relaxed: whoever copies already holds a reference.
  if (block != nullptr) block->references.fetch_add(1, std::memory_order_relaxed);
}
/// What the last owner does.
void destroy_block(ContextBlock* block) noexcept;
inline void release_block(ContextBlock* block) noexcept {
  if (block == nullptr) return;
  // One owner left and it is us: no other thread can take a reference meanwhile.
  if (block->references.load(std::memory_order_acquire) != 1 &&
      block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  destroy_block(block);
}

/// The context's block if it has that slot, else null.
inline ContextBlock* find_block(const ContextState& state, std::uint32_t slot) noexcept {
  ContextBlock* block = state.variables;
  // Slot 0 ("none yet") wraps round to a number that no block has.
  return block != nullptr && slot - 1 < block->size ? block : nullptr;
}

/// The box in a slot, or null.
inline ValueBox* find_box(const ContextState& state, std::uint32_t slot) noexcept {
  const ContextBlock* block = find_block(state, slot);
  return block != nullptr ? block->slots()[slot - 1] : nullptr;
}

/// The same, but null for a value from before the last recycle.
inline ValueBox* find_fresh_box(const ContextState& state, std::uint32_t slot) noexcept {
  ValueBox* box = find_box(state, slot);
  return box != nullptr && box->updated_at >= state.recycle ? box : nullptr;
}

/// The context's block if nobody else has it and it has that slot, else null.
inline ContextBlock* own_block(const ContextState& state, std::uint32_t slot) noexcept {
  ContextBlock* block = find_block(state, slot);
  if (block == nullptr) return nullptr;
  // Acquire: the last other owner's reads of the slots are done before we write them.
  return block->references.load(std::memory_order_acquire) == 1 ? block : nullptr;
}
/// Gives the context a copy of its block, with room for `slot`; throws std::bad_alloc.
ContextBlock& copy_block(ContextState& state, std::uint32_t slot);
/// A block of this context's own with room for `slot`; throws std::bad_alloc.
inline ContextBlock& writable_block(ContextState& state, std::uint32_t slot) {
  ContextBlock* own = own_block(state, slot);
  return own != nullptr ? *own : copy_block(state, slot);
}
/// Puts `box` (owned, may be null) into the slot and releases what was there. On a shared block
/// that cannot be copied for want of memory the old value stays.
void replace_value(ContextState& state, std::uint32_t slot, ValueBox* box) noexcept;

/// Lets go of everything the context holds, open spans included.
void clear_state(ContextState& state) noexcept;

/// Makes sure that a thread which ends lets go of its base context and its free lists.
void register_context_exit() noexcept;
void orphan_nodes(ThreadData& thread) noexcept;
void orphan_cells(ThreadData& thread) noexcept;
/// Around a fork.
void lock_free_lists() noexcept;
void unlock_free_lists() noexcept;
void lock_nodes(bool lock) noexcept;
void lock_cells(bool lock) noexcept;

}  // namespace weft::inline v0::detail
