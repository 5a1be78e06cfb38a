// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <weft/detail/context_state.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

// The short ways through the boxes of small values: no call, no lock.

inline constexpr std::uint32_t kKeptCells = 256;

/// A box from the thread's free list, which is not empty.
inline ValueBox* take_cell(ThreadData& thread) noexcept {
  FreeCell* cell = thread.free_cells;
  thread.free_cells = cell->next;
  --thread.cell_count;
  auto* box = ::new (static_cast<void*>(cell)) ValueBox;
  box->is_cell = 1;
  return box;
}

/// As release_box.
inline void release_box_quickly(ThreadData* thread, ValueBox* box) noexcept {
  // Acquire: the last other owner is done with it.
  if (box->references.load(std::memory_order_acquire) != 1 || box->destroy != nullptr ||
      box->is_cell == 0 || thread == nullptr || thread->cell_count == kKeptCells) [[unlikely]] {
    return release_box(box);
  }
  auto* cell = ::new (static_cast<void*>(box)) FreeCell;
  cell->next = thread->free_cells;
  thread->free_cells = cell;
  ++thread->cell_count;
}

}  // namespace weft::inline v0::detail
