// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
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

class SpoolFile;
struct PoolHeader;
struct PoolLayout;
struct PoolTable;

/// What a pool's file holds when the pool is closed.
struct PoolRemains {
  std::uint64_t kept = 0;         // open or ended, for a later process
  std::uint64_t lost = 0;         // the same, where the disk had no room
  std::uint64_t record_only = 0;  // open, and for nobody
};

/// The records of the process, their chunks, and the tables they refer to: one range of address
/// space that is never given back, so that a stale handle can always look at a state word.
/// Threads lease records in blocks and get them back from the worker in one exchange per batch.
/// With a spool the range is a file (docs/delivery.md), and what is given back is the file's space.
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
  /// The same in a file, which other processes see from here on. Where the disk has no room for
  /// its beginning: without one, and `is_spooled` says so.
  static RecordPool* open(const PoolLimits& limits, std::unique_ptr<SpoolFile> file) noexcept;
  /// Raises the epoch: every handle is void from here on.
  static void retire() noexcept;
  /// After `retire`: somebody may still read this pool's records, so the next `open` makes another.
  static void abandon() noexcept;
  /// In the child of a fork, where the caller holds `lock`: every handle is void, and the child
  /// gets a pool of its own when it opens one.
  static void leave_to_parent() noexcept;
  /// After `retire`, of a pool in a file: lets go of the file, which is removed when nothing open
  /// or ended is in it. `is_read`: somebody may still read the records, and the memory stays.
  PoolRemains close_file(bool is_read) noexcept;
  bool is_spooled() const noexcept { return file_ != nullptr; }
  /// For a segment of records of this pool: whose they are, and the tables that they refer to.
  void copy_header(PoolHeader& copy, const PoolLayout& layout) noexcept;
  void copy_tables(PoolHeader& copy) noexcept;

  /// The pool that a record lies in: mostly the current one.
  static RecordPool& of(const Record& record) noexcept {
    RecordPool* pool = current();
    if (pool != nullptr && pool->contains(record)) [[likely]]
      return *pool;
    return elsewhere(record);
  }
  /// Gives records of a dead process, in memory of the caller's, the form of a pool. One at a time:
  /// null when another is there. No span is recorded in it, and its last chunks are free.
  static RecordPool* adopt(char* memory, const PoolLayout& layout,
                           std::size_t free_chunks) noexcept;
  /// The caller's memory goes; nobody reads its records any more.
  static void disown() noexcept;
  static void forget_adopted_in_child() noexcept;
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
  /// Most of the bytes are in use.
  bool is_nearly_used_up() const noexcept {
    const std::uint64_t held = held_chunks_.load(std::memory_order_relaxed);  // a hint: it moves on
    return 3 * held > 2 * std::uint64_t{chunk_capacity_};
  }
  /// So many chunks are most of the bytes that the other holders leave.
  bool is_nearly_used_up_by(std::uint64_t chunks) const noexcept {
    return chunks > 2 * (std::uint64_t{chunk_capacity_} -
                         held_chunks_.load(std::memory_order_relaxed));  // a hint, as above
  }
  /// Somebody found no bytes; true once after it.
  bool has_refused() noexcept { return is_refusing_.exchange(false, std::memory_order_relaxed); }
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
  /// lengths is set. Of the pool that was opened last, and no more than any other's.
  static std::uint32_t short_attribute_limit() noexcept {
    return short_attribute_limit_.load(std::memory_order_relaxed);
  }
  void set_span_limits(const SpanLimits& limits) noexcept { span_limits_ = limits; }
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
  RecordPool() noexcept;
  ~RecordPool();  // never called: see above
  bool contains(const Record& record) const noexcept {
    return &record >= records_ && &record < records_ + record_capacity_;
  }
  static RecordPool& elsewhere(const Record& record) noexcept;
  static RecordPool* map(const PoolLimits& limits) noexcept;
  PoolLayout layout() const noexcept;
  void place(char* memory, const PoolLayout& layout) noexcept;
  void reset() noexcept;
  void write_header() noexcept;
  bool take_file(std::unique_ptr<SpoolFile> file) noexcept;
  void back_records(std::uint32_t count) noexcept;
  void back_chunks(std::uint32_t count) noexcept;
  bool back(std::size_t offset, std::size_t size) noexcept;
  void report_disk() noexcept;
  bool holds(const PoolLimits& limits) const noexcept;
  static void wait_for_touches() noexcept;
  Record* refill(ThreadData& thread) noexcept;
  std::uint32_t take_block(std::uint32_t& count) noexcept;
  std::uint32_t steal() noexcept;
  void give_to_all(std::uint32_t first, std::uint32_t last) noexcept;
  void free_record(Record& record) noexcept;
  std::uint16_t add(PoolTable& table, std::string_view fields) noexcept;
  std::string_view entry(const PoolTable& table, std::uint16_t index) const noexcept;

  static std::atomic<RecordPool*> current_;
  [[gnu::visibility("hidden")]] static std::atomic<std::uint32_t> epoch_;
  [[gnu::visibility("hidden")]] static std::atomic<std::uint32_t> short_attribute_limit_;
  static std::atomic<bool> is_abandoned_;
  static std::atomic<RecordPool*> adopted_;
  static std::atomic<bool> has_adopted_;

  // The one that was too small or too large, or was abandoned: never freed (stale handles look at
  // its state words), and not lost from sight.
  RecordPool* before_ = nullptr;
  PoolHeader* header_ = nullptr;
  Record* records_ = nullptr;
  Chunk* chunks_ = nullptr;
  std::uint32_t record_capacity_ = 0;
  std::uint32_t chunk_capacity_ = 0;
  SpanLimits span_limits_;

  std::mutex mutex_;                            // the lists and tables below, and the header's
  std::uint32_t free_records_ = 0;              // index + 1
  std::atomic<std::uint32_t> used_records_{0};  // ever leased: the rest was never touched
  std::uint32_t free_chunks_ = 0;
  std::uint32_t used_chunks_ = 0;
  std::atomic<std::uint32_t> held_chunks_{0};  // by records; changes under the mutex
  std::atomic<bool> is_refusing_{false};

  // Of a pool in a file, under the mutex too.
  std::unique_ptr<SpoolFile> file_;
  std::uint32_t backed_records_ = 0;  // have disk space, or memory in its place
  std::uint32_t backed_chunks_ = 0;
  std::uint32_t records_on_disk_ = 0;  // the records from here on are in memory alone
  std::atomic<int> disk_error_{0};     // errno, until it was told
};

}  // namespace weft::inline v0::detail
