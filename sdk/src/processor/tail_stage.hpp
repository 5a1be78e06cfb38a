// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

#include "processor/local_traces.hpp"
#include "processor/record_chain.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// What is kept of all that was recorded, and how much may wait for that decision.
struct TailPolicy {
  std::chrono::nanoseconds slow_after{0};
  std::uint64_t threshold = 0;  // of the ratio: span/sampling_threshold.hpp
  std::size_t max_traces = 0;
  std::size_t max_bytes = 0;
  std::chrono::nanoseconds max_wait{0};
};

/// Ended records wait here by local root until that has ended too. On the collector's side of the
/// hand-over: threads that end spans know nothing of it. Belongs to one thread at a time.
///
///   take ─▶ held by LocalTrace ─▶ decide_marked ─▶ kept ─▶ batch
///                              ╰▶ past a bound   ╰▶ let_go ─▶ counted as not kept, free again
class TailStage {
 public:
  /// Holds at most `max_records`. Throws std::bad_alloc.
  TailStage(const TailPolicy& policy, std::size_t max_records, RecordPool& pool);

  /// An ended record, at `now` of the steady clock, nanoseconds.
  void take(Record& record, std::int64_t now) noexcept;
  /// Local roots that have ended are decided in two steps: what had ended before them on other
  /// threads must be taken in between. True when there are any.
  bool mark_ready() noexcept;
  /// Decides those that were marked, and those that have waited too long.
  void decide_marked(std::int64_t now) noexcept;
  /// All, as they are.
  void decide_all() noexcept;

  /// What was decided, to be emptied by the caller.
  RecordChain& kept() noexcept { return kept_; }
  RecordChain& let_go() noexcept { return let_go_; }

  std::size_t held() const noexcept { return held_; }
  /// When `decide_marked` has something to give up; the largest number when nothing waits.
  std::int64_t next_give_up() noexcept;

 private:
  void follow(LocalTrace& trace, Record& record, bool is_kept) noexcept;
  void hold(LocalTrace& trace, Record& record) noexcept;
  void pass(Record& record, bool is_kept) noexcept;
  void decide(LocalTrace& trace) noexcept;
  void decide_oldest() noexcept;
  bool is_too_much() const noexcept { return bytes_ > policy_.max_bytes || held_ > max_records_; }
  bool is_slow(const Record& record) const noexcept;
  bool is_picked(const Record& record) const noexcept;

  const TailPolicy policy_;
  const std::size_t max_records_;
  RecordPool& pool_;
  LocalTraces traces_;
  std::size_t marked_ = 0;  // so many of the oldest ready ones
  std::size_t held_ = 0;
  std::size_t bytes_ = 0;
  RecordChain kept_;
  RecordChain let_go_;
};

}  // namespace weft::inline v0::detail
