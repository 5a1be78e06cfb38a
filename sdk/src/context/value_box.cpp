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
  ValueBox* free = nullptr;
};
constinit SharedCells shared_cells;

ValueBox* fresh_cell(void* memory) noexcept {
  auto* cell = ::new (memory) ValueBox;
  cell->word.store(kPlainCell, std::memory_order_relaxed);
  return cell;
}

bool refill(ThreadData& thread) noexcept {
  register_context_exit();
  {
    const std::lock_guard lock(shared_cells.mutex);
    for (std::size_t i = 0; i < kSlabCells && shared_cells.free != nullptr; ++i) {
      ValueBox* cell = shared_cells.free;
      shared_cells.free = cell->next_free;
      cell->next_free = thread.free_cells;
      thread.free_cells = cell;
      ++thread.cell_count;
    }
  }
  if (thread.free_cells != nullptr) return true;
  auto* slab = static_cast<std::byte*>(::operator new(  // for the life of the process
      kSlabCells * kCellSize, std::align_val_t{kCellSize}, std::nothrow));
  if (slab == nullptr) return false;
  for (std::size_t i = 0; i < kSlabCells; ++i) {
    ValueBox* cell = fresh_cell(slab + i * kCellSize);
    cell->next_free = thread.free_cells;
    thread.free_cells = cell;
  }
  thread.cell_count += kSlabCells;
  return true;
}

void give_to_all(ValueBox* first, ValueBox* last) noexcept {
  const std::lock_guard lock(shared_cells.mutex);
  last->next_free = shared_cells.free;
  shared_cells.free = first;
}

void trim(ThreadData& thread) noexcept {
  ValueBox* first = thread.free_cells;
  ValueBox* last = first;
  for (std::uint32_t i = 1; i < kKeptCells / 2; ++i) last = last->next_free;
  thread.free_cells = last->next_free;
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
  const std::size_t padding = offset - sizeof(ValueBox);
  auto* box = ::new (static_cast<std::byte*>(memory) + padding) ValueBox;
  box->word.store(std::uint64_t{padding} << ValueBox::kPaddingShift | 1, std::memory_order_relaxed);
  return box;
}

void free_box(ValueBox* box) noexcept {
  const std::uint64_t word = box->word.load(std::memory_order_relaxed);
  if ((word & ValueBox::kIsCell) == 0) {
    const std::size_t padding = word >> ValueBox::kPaddingShift;
    return ::operator delete(reinterpret_cast<std::byte*>(box) - padding,
                             std::align_val_t{padding + sizeof(ValueBox)});
  }
  ThreadData* thread = this_thread_data;
  ValueBox* cell = fresh_cell(box);
  if (thread == nullptr) return give_to_all(cell, cell);
  cell->next_free = thread->free_cells;
  thread->free_cells = cell;
  if (++thread->cell_count > kKeptCells) [[unlikely]]
    trim(*thread);
}

void release_box(ValueBox* box) noexcept {
  // One owner left and it is us: no other thread can take a reference meanwhile.
  if (owners(box->word.load(std::memory_order_acquire)) != 1 &&
      owners(box->word.fetch_sub(1, std::memory_order_acq_rel)) != 1) {
    return;
  }
  if (box->destroy != nullptr) box->destroy(box->payload());
  free_box(box);
}

void lock_cells(bool lock) noexcept {
  lock ? shared_cells.mutex.lock() : shared_cells.mutex.unlock();
}

void orphan_cells(ThreadData& thread) noexcept {
  ValueBox* first = std::exchange(thread.free_cells, nullptr);
  thread.cell_count = 0;
  if (first == nullptr) return;
  ValueBox* last = first;
  while (last->next_free != nullptr) last = last->next_free;
  give_to_all(first, last);
}

}  // namespace weft::inline v0::detail
