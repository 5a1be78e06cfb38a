// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <weft/version.hpp>

#include "processor/queue_credits.hpp"
#include "span/record.hpp"

namespace weft::inline v0::detail {

/// The ended records of one thread on their way to the worker: one producer, one consumer, no lock.
///
///   head                              tail
///    ▼                                 ▼
///   [block of 256 slots] → [block of 256 slots]     emptied blocks go back through `spares_`
///
/// Its memory follows what is queued, which the credits bound; in steady state nothing is
/// allocated. Made by `make` for a thread's first span in a pipeline, and held by both sides: it
/// outlives its thread until the consumer has drained it, and the pipeline until the thread lets
/// go. In a forked child nobody touches the inherited ones.
struct ThreadQueue {
 public:
  static constexpr std::size_t kBlockSlots = 256;
  static constexpr std::size_t kSpares = 4;

  /// Null when memory is not to be had. `owner` is the number of the pipeline.
  static ThreadQueue* make(std::uint64_t owner, std::shared_ptr<QueueCredits> credits) noexcept;
  ThreadQueue(const ThreadQueue&) = delete;
  ThreadQueue& operator=(const ThreadQueue&) = delete;

  // For the thread that ends spans.

  std::uint64_t owner() const noexcept { return owner_; }
  /// False when a block was needed and memory is not to be had.
  bool push(Record& record) noexcept {
    if (tail_slot_ == kBlockSlots && !extend()) [[unlikely]]
      return false;
    tail_block_->slots[tail_slot_++] = &record;
    // Only this thread writes it: relaxed reads what it wrote last. The release publishes the slot,
    // the record's bytes, and the link to the slot's block.
    tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return true;
  }
  /// The last call of this side: gives `unspent` credits back.
  void leave(std::uint64_t unspent) noexcept;

  // For the consumer: one thread at a time.

  /// The records that can be popped now.
  std::size_t size() const noexcept {
    return static_cast<std::size_t>(tail_.load(std::memory_order_acquire) - head_);
  }
  /// Takes the oldest; as many as fit and are there.
  std::size_t pop(std::span<Record*> into) noexcept;
  /// The producer has left. Asked before the last pop: true and then empty means empty for good.
  bool is_orphan() const noexcept { return holders_.load(std::memory_order_acquire) == 1; }
  /// Frees one emptied block, if there is more than one: for a queue that was found empty.
  void trim() noexcept;
  /// The last call of this side.
  void drop() noexcept;

  ThreadQueue* next = nullptr;  // the consumer's list

 private:
  struct Block {
    Record* slots[kBlockSlots];
    Block* next = nullptr;
  };

  ThreadQueue(std::uint64_t owner, std::shared_ptr<QueueCredits> credits, Block* first) noexcept
      : owner_(owner), tail_block_(first), head_block_(first), credits_(std::move(credits)) {}
  ~ThreadQueue();
  bool extend() noexcept;
  void give_spare(Block* block) noexcept;

  // The producer's line.
  alignas(64) const std::uint64_t owner_;
  Block* tail_block_;
  std::size_t tail_slot_ = 0;
  std::atomic<std::uint64_t> tail_{0};  // pushed so far
  // The consumer's line.
  alignas(64) Block* head_block_;
  std::size_t head_slot_ = 0;
  std::uint64_t head_ = 0;  // popped so far
  // Both.
  alignas(64) std::atomic<Block*> spares_[kSpares] = {};
  std::atomic<std::uint32_t> holders_{2};
  std::shared_ptr<QueueCredits> credits_;
};

}  // namespace weft::inline v0::detail
