// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <weft/version.hpp>

#include "processor/record_chain.hpp"
#include "span/record.hpp"

namespace weft::inline v0::detail {

/// What one local root and everything below it in this process has come to so far.
struct LocalTrace {
  enum class Decision : std::uint8_t { none, kept, let_go };

  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint16_t root = 0;  // span/local_root.hpp
  Decision decision = Decision::none;
  bool has_failed = false;  // one of its spans has an Error status
  bool is_slow = false;     // its local root, which has ended
  bool is_picked = false;   // by ratio, or by a debugging caller
  bool is_ready = false;    // its local root has ended
  RecordChain held;
  std::size_t bytes = 0;        // of what is held
  std::uint64_t begin = 0;      // the earliest start of what is held, Unix nanoseconds
  std::int64_t give_up_at = 0;  // steady nanoseconds
  std::uint32_t in_bucket = 0;  // the next one there; index + 1, as all below
  std::uint32_t older = 0;      // in the list of its state
  std::uint32_t newer = 0;
};

/// The local traces that wait for their root, those whose root has ended, and those that were
/// decided last: at most so many undecided and so many decided. A hash table by trace id, in which
/// all of one trace share a bucket, and a list by age for each state. Belongs to one thread at a
/// time. Addresses last until the next `add`.
class LocalTraces {
 public:
  /// Throws std::bad_alloc.
  explicit LocalTraces(std::size_t most);

  struct Found {
    LocalTrace* trace = nullptr;  // of this record's local root
    bool is_kept = false;         // it or another local root of the same trace was kept
  };
  Found find(const Record& record) noexcept;
  /// A new one, waiting; null when memory is not to be had. Precondition: !is_full().
  LocalTrace* add(const Record& record) noexcept;
  /// Its root has ended.
  void make_ready(LocalTrace& trace) noexcept;
  /// Moves it among the decided ones, of which the oldest may be forgotten. Precondition:
  /// undecided.
  void decide(LocalTrace& trace, LocalTrace::Decision decision) noexcept;

  LocalTrace* oldest_waiting() noexcept { return at(waiting_.oldest); }
  LocalTrace* oldest_ready() noexcept { return at(ready_.oldest); }
  std::size_t ready_count() const noexcept { return ready_.size; }
  bool is_full() const noexcept { return waiting_.size + ready_.size >= most_; }

 private:
  struct List {
    std::uint32_t oldest = 0;
    std::uint32_t newest = 0;
    std::size_t size = 0;
  };
  LocalTrace* at(std::uint32_t number) noexcept {
    return number != 0 ? &traces_[number - 1] : nullptr;
  }
  std::uint32_t number_of(const LocalTrace& trace) const noexcept {
    return static_cast<std::uint32_t>(&trace - traces_.data()) + 1;
  }
  void append(List& list, LocalTrace& trace) noexcept;
  void remove(List& list, LocalTrace& trace) noexcept;
  std::uint32_t& bucket(std::uint64_t trace_low) noexcept;
  void forget(LocalTrace& trace) noexcept;
  LocalTrace* place() noexcept;

  const std::size_t most_;
  std::vector<LocalTrace> traces_;
  std::vector<std::uint32_t> buckets_;  // a power of two
  std::uint32_t free_ = 0;
  List waiting_;
  List ready_;
  List decided_;
};

}  // namespace weft::inline v0::detail
