// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

#include <weft/span_limits.hpp>
#include <weft/version.hpp>

#include "platform/thread_data.hpp"
#include "span/record.hpp"

namespace weft::inline v0::detail {

/// What a pool is made for.
struct PoolLimits {
  std::size_t records;  // open and ended together
  std::size_t bytes;    // of chunks
  SpanLimits span{};    // what one record may hold
};

/// The records of the process, their chunks, and the tables they refer to: one range of address
/// space that is never given back, so that a stale handle can always look at a state word.
/// Threads lease records in blocks and get them back from the worker in one exchange per batch.
/// Every call is safe from any thread; `acquire` belongs to the thread of its ThreadData.
class WEFT_API RecordPool {
 public:
  /// The pool of this epoch; null before the first `init` and in a child until its own.
  static RecordPool* current() noexcept { return current_.load(std::memory_order_acquire); }
  /// Handles of another epoch are void: raised by shutdown, re-init and in a forked child.
  static std::uint32_t epoch() noexcept { return epoch_.load(std::memory_order_relaxed); }
  /// Makes a pool of at least these limits current (the old one again when it is large enough) and
  /// raises the epoch. Null when address space is not to be had.
  static RecordPool* open(const PoolLimits& limits) noexcept;
  /// Raises the epoch: every handle is void from here on.
  static void retire() noexcept;
  /// After `retire`: somebody may still read this pool's records, so the next `open` makes another.
  static void abandon() noexcept;
  /// In the child of a fork, where the caller holds `lock`: every handle is void, and the child
  /// gets a pool of its own when it opens one.
  static void leave_to_parent() noexcept;
  /// Around a fork.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

  /// A record in state free, or null when the pool is empty. Called for every span.
  Record* acquire(ThreadData& thread) noexcept {
    const std::uint32_t number = thread.free_records;
    // Relaxed: only this thread changes it, or another while this one cannot be here.
    if (number == 0 || thread.records_epoch.load(std::memory_order_relaxed) != epoch())
        [[unlikely]] {
      return refill(thread);
    }
    Record& record = this->record(number);
    thread.free_records = record.next;
    return &record;
  }
  /// Frees delivered or dropped records (state word to free, generation up) and their chunks, and
  /// gives them back to the threads that leased them. For the worker and other slow paths.
  void release(std::span<Record* const> records) noexcept;
  /// Frees one record on the thread that dealt with it; without a lock where that thread leased it.
  void release(ThreadData& thread, Record& record) noexcept;
  /// A chunk's index + 1, or 0 when the bytes are used up.
  std::uint32_t acquire_chunk() noexcept;
  Chunk& chunk(std::uint32_t index_plus_one) const noexcept { return chunks_[index_plus_one - 1]; }
  Record& record(std::uint32_t index_plus_one) const noexcept {
    return records_[index_plus_one - 1];
  }
  std::uint32_t number_of(const Record& record) const noexcept {
    return static_cast<std::uint32_t>(&record - records_) + 1;
  }
  std::size_t capacity() const noexcept { return record_capacity_; }
  const SpanLimits& span_limits() const noexcept { return span_limits_; }
  /// How many attributes may be written without a look at the value's length; 0 where a limit on
  /// lengths is set.
  std::uint32_t short_attribute_limit() const noexcept { return short_attribute_limit_; }
  void set_span_limits(const SpanLimits& limits) noexcept;
  /// Counts records by state word, over everything that was ever leased.
  void count(std::uint64_t& open, std::uint64_t& ended) const noexcept;
  /// Gives a dying thread's records back to everyone.
  void orphan(ThreadData& thread) noexcept;

  /// Finished fields of `ScopeSpans` (scope and schema_url) for an index, and of `ResourceSpans`.
  std::string_view scope(std::uint16_t index) const noexcept;
  std::string_view resource(std::uint16_t index) const noexcept;
  /// Adds to a table; 0 (the empty scope) when it is full.
  std::uint16_t add_scope(std::string_view fields) noexcept;
  std::uint16_t add_resource(std::string_view fields) noexcept;

 private:
  // What the mapping begins with: everything that a later process needs to read the records.
  struct Header;
  struct Table;

  RecordPool() = default;
  static RecordPool* map(const PoolLimits& limits) noexcept;
  void reset() noexcept;
  bool holds(const PoolLimits& limits) const noexcept;
  static void wait_for_touches() noexcept;
  Record* refill(ThreadData& thread) noexcept;
  std::uint32_t take_block(std::uint32_t& count) noexcept;
  std::uint32_t steal() noexcept;
  void give_to_all(std::uint32_t first, std::uint32_t last) noexcept;
  void free_record(Record& record) noexcept;
  std::uint16_t add(Table& table, std::string_view fields) noexcept;
  std::string_view entry(const Table& table, std::uint16_t index) const noexcept;

  static std::atomic<RecordPool*> current_;
  static std::atomic<std::uint32_t> epoch_;
  static std::atomic<bool> is_abandoned_;

  // The one that was too small or too large, or was abandoned: never freed (stale handles look at
  // its state words), and not lost from sight.
  RecordPool* before_ = nullptr;
  Header* header_ = nullptr;
  Record* records_ = nullptr;
  Chunk* chunks_ = nullptr;
  std::uint32_t record_capacity_ = 0;
  std::uint32_t chunk_capacity_ = 0;
  SpanLimits span_limits_;
  std::uint32_t short_attribute_limit_ = 0;

  std::mutex mutex_;                            // the lists and tables below, and the header's
  std::uint32_t free_records_ = 0;              // index + 1
  std::atomic<std::uint32_t> used_records_{0};  // ever leased: the rest was never touched
  std::uint32_t free_chunks_ = 0;
  std::uint32_t used_chunks_ = 0;
};

}  // namespace weft::inline v0::detail
