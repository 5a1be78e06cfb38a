// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <weft/detail/context_state.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

// The short ways through the boxes of small values: no call, no lock.

/// A small box is one cache line.
inline constexpr std::size_t kCellSize = 64;
inline constexpr std::uint32_t kKeptCells = 256;
/// A cell's box with one owner and nothing to destroy: a fresh one, and one that may go back.
inline constexpr std::uint64_t kPlainCell = ValueBox::kIsCell | 1;

/// A box from the thread's free list, which is not empty.
inline ValueBox* take_cell(ThreadData& thread) noexcept {
  ValueBox* cell = thread.free_cells;
  thread.free_cells = cell->next_free;
  --thread.cell_count;
  return cell;
}

/// As release_box.
inline void release_box_quickly(ThreadData* thread, ValueBox* box) noexcept {
  // Acquire: the last other owner is done with it.
  if (box->word.load(std::memory_order_acquire) != kPlainCell || thread == nullptr ||
      thread->cell_count == kKeptCells) [[unlikely]] {
    return release_box(box);
  }
  box->next_free = thread->free_cells;
  thread->free_cells = box;
  ++thread->cell_count;
}

}  // namespace weft::inline v0::detail
