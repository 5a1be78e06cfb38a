// SPDX-License-Identifier: Apache-2.0
#include <mutex>
#include <new>

#include <weft/detail/context_state.hpp>

#include "context/context_block.hpp"
#include "context/value_cells.hpp"
#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kSlabCells = 63;

struct SharedCells {
  std::mutex mutex;
  FreeCell* free = nullptr;
};
constinit SharedCells shared_cells;

bool refill(ThreadData& thread) noexcept {
  register_context_exit();
  {
    const std::lock_guard lock(shared_cells.mutex);
    for (std::size_t i = 0; i < kSlabCells && shared_cells.free != nullptr; ++i) {
      FreeCell* cell = shared_cells.free;
      shared_cells.free = cell->next;
      cell->next = thread.free_cells;
      thread.free_cells = cell;
      ++thread.cell_count;
    }
  }
  if (thread.free_cells != nullptr) return true;
  auto* slab = static_cast<std::byte*>(::operator new(  // for the life of the process
      kSlabCells * kCellSize, std::align_val_t{kCellSize}, std::nothrow));
  if (slab == nullptr) return false;
  for (std::size_t i = 0; i < kSlabCells; ++i) {
    auto* cell = ::new (slab + i * kCellSize) FreeCell;
    cell->next = thread.free_cells;
    thread.free_cells = cell;
  }
  thread.cell_count += kSlabCells;
  return true;
}

void give_to_all(FreeCell* first, FreeCell* last) noexcept {
  const std::lock_guard lock(shared_cells.mutex);
  last->next = shared_cells.free;
  shared_cells.free = first;
}

void trim(ThreadData& thread) noexcept {
  FreeCell* first = thread.free_cells;
  FreeCell* last = first;
  for (std::uint32_t i = 1; i < kKeptCells / 2; ++i) last = last->next;
  thread.free_cells = last->next;
  thread.cell_count -= kKeptCells / 2;
  give_to_all(first, last);
}

ValueBox* take_cell() {
  ThreadData* thread = thread_data();
  if (thread == nullptr || (thread->free_cells == nullptr && !refill(*thread))) {
    throw std::bad_alloc();
  }
  return detail::take_cell(*thread);
}

}  // namespace

ValueBox* allocate_box(std::size_t size, std::size_t alignment) {
  if (alignment <= alignof(ValueBox) && size <= kCellSize - sizeof(ValueBox)) return take_cell();
  register_context_exit();
  (void)thread_data();  // so that the thread's end is seen
  // Both are powers of two, so the offset serves as the alignment of the whole.
  static_assert((sizeof(ValueBox) & (sizeof(ValueBox) - 1)) == 0);
  const std::size_t offset = alignment > sizeof(ValueBox) ? alignment : sizeof(ValueBox);
  void* memory = ::operator new(offset + size, std::align_val_t{offset});
  auto* box = ::new (memory) ValueBox;
  box->payload_offset = static_cast<std::uint16_t>(offset);
  return box;
}

void free_box(ValueBox* box) noexcept {
  if (box->is_cell == 0) return ::operator delete(box, std::align_val_t{box->payload_offset});
  ThreadData* thread = this_thread_data;
  auto* cell = ::new (static_cast<void*>(box)) FreeCell;
  if (thread == nullptr) return give_to_all(cell, cell);
  cell->next = thread->free_cells;
  thread->free_cells = cell;
  if (++thread->cell_count > kKeptCells) [[unlikely]]
    trim(*thread);
}

void release_box(ValueBox* box) noexcept {
  // One owner left and it is us: no other thread can take a reference meanwhile.
  if (box->references.load(std::memory_order_acquire) != 1 &&
      box->references.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (box->destroy != nullptr) box->destroy(box->payload());
  free_box(box);
}

void lock_cells(bool lock) noexcept {
  lock ? shared_cells.mutex.lock() : shared_cells.mutex.unlock();
}

void orphan_cells(ThreadData& thread) noexcept {
  FreeCell* first = std::exchange(thread.free_cells, nullptr);
  thread.cell_count = 0;
  if (first == nullptr) return;
  FreeCell* last = first;
  while (last->next != nullptr) last = last->next;
  give_to_all(first, last);
}

}  // namespace weft::inline v0::detail
