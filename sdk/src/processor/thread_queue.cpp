// SPDX-License-Identifier: Apache-2.0
#include "processor/thread_queue.hpp"

#include <algorithm>
#include <new>
#include <span>
#include <utility>

namespace weft::inline v0::detail {

ThreadQueue* ThreadQueue::make(std::uint64_t owner,
                               std::shared_ptr<QueueCredits> credits) noexcept {
  auto first = std::unique_ptr<Block>(new (std::nothrow) Block);
  if (first == nullptr) return nullptr;
  auto* queue = new (std::nothrow) ThreadQueue(owner, std::move(credits), first.get());
  if (queue == nullptr) return nullptr;
  first.release();
  queue->credits_->thread_came();
  return queue;
}

ThreadQueue::~ThreadQueue() {
  while (head_block_ != nullptr) delete std::exchange(head_block_, head_block_->next);
  for (std::atomic<Block*>& spare : spares_) delete spare.load(std::memory_order_relaxed);
}

bool ThreadQueue::extend() noexcept {
  Block* block = nullptr;
  for (std::atomic<Block*>& spare : spares_) {
    // Acquire: the consumer has read the block's slots before it gave the block back.
    block = spare.exchange(nullptr, std::memory_order_acquire);
    if (block != nullptr) break;
  }
  if (block == nullptr) block = new (std::nothrow) Block;
  if (block == nullptr) return false;
  block->next = nullptr;
  // Plain: the consumer follows the link only after the release of a later tail.
  tail_block_->next = block;
  tail_block_ = block;
  tail_slot_ = 0;
  return true;
}

void ThreadQueue::give_spare(Block* block) noexcept {
  for (std::atomic<Block*>& spare : spares_) {
    Block* none = nullptr;
    if (spare.compare_exchange_strong(none, block, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return;
    }
  }
  delete block;
}

std::size_t ThreadQueue::pop(std::span<Record*> into) noexcept {
  const std::size_t count = std::min(size(), into.size());
  for (std::size_t done = 0; done < count;) {
    if (head_slot_ == kBlockSlots) {
      give_spare(std::exchange(head_block_, head_block_->next));
      head_slot_ = 0;
    }
    const std::size_t run = std::min(kBlockSlots - head_slot_, count - done);
    std::copy_n(head_block_->slots + head_slot_, run,
                into.begin() + static_cast<std::ptrdiff_t>(done));
    head_slot_ += run;
    done += run;
  }
  head_ += count;
  return count;
}

void ThreadQueue::trim() noexcept {
  // One stays: a thread whose spans come slower than the worker collects them needs no more.
  for (std::atomic<Block*>& spare : std::span(spares_).subspan<1>()) {
    // A look first, since almost always there is none.
    if (spare.load(std::memory_order_relaxed) == nullptr) continue;
    delete spare.exchange(nullptr, std::memory_order_acquire);
    return;
  }
}

void ThreadQueue::leave(std::uint64_t unspent) noexcept {
  credits_->give_back(unspent);
  credits_->thread_left();
  drop();
}

void ThreadQueue::drop() noexcept {
  // Acquire and release: what the other side did comes before the delete; and for is_orphan, what
  // the producer pushed comes before its leaving.
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace weft::inline v0::detail
