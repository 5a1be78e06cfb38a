// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "processor/batch_tracker.hpp"
#include "processor/segment.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

struct OverflowLimits {
  std::size_t bytes = std::size_t{256} << 20U;  ///< of all segments
  /// Of all that dead processes left in the folder and nobody took; twice that before it was tried.
  std::size_t dead_bytes = std::size_t{1} << 30U;
  std::chrono::seconds age = std::chrono::days{1};  ///< of each
  /// Of the spans that a dead process left: those of a crash on Friday are sent on Monday, too.
  std::chrono::seconds dead_age = std::chrono::days{7};
  /// Without an answer. Short, since spans come on; what was merely slow is sent all the same.
  std::chrono::milliseconds stall{100};
  Deadline (*now)() noexcept = []() noexcept { return std::chrono::steady_clock::now(); };
};

/// Where batches go while no exporter gets anything out and the queue fills: copies in segment
/// files of the spool folder, which are sent as a dead process's file is when the backend is back.
/// Bounded: the oldest segment makes room. Any thread.
class Overflow {
 public:
  Overflow(std::filesystem::path folder, RecordPool& pool, OverflowLimits limits = {});

  /// The exporters hold most of what the queue may hold, and have not got anything out for a while.
  /// To be asked before each batch: it goes by what it saw before.
  bool is_wanted(const ExportProgress& progress) noexcept;
  /// Copies ended records, as many of the first ones as the disk takes: their number. `forgotten`:
  /// how many older ones had to go.
  std::size_t append(std::span<Record* const> records, std::uint64_t& forgotten) noexcept;
  /// What was appended may be sent from here on.
  void seal() noexcept;
  /// For whoever sends that file: it is not this process's alone from here on. False: it never was.
  bool release(const std::filesystem::path& path) noexcept;
  /// At the end: what is left is for a later process.
  void release_all() noexcept;
  /// There is nothing to send. To be asked while nobody sends.
  bool is_empty() noexcept;
  /// Spans that are still to be sent, counted by their state words.
  std::uint64_t count() noexcept;
  /// Spans in segments that somebody deleted, since the last call.
  std::uint64_t take_lost() noexcept;
  /// Tells of a full disk and of what had to go. Outside every lock: a user's handler is called.
  void report() noexcept;

 private:
  bool put(const Record& record);
  void open_segment();
  void discard_empty() noexcept;
  void forget_old(std::uint64_t& forgotten) noexcept;
  bool make_room(std::uint64_t& forgotten) noexcept;
  bool is_too_much() const noexcept;
  bool forget(Segment& segment, std::uint64_t& forgotten) noexcept;
  void prune() noexcept;
  void look_after() noexcept;

  const std::filesystem::path folder_;
  RecordPool& pool_;
  const OverflowLimits limits_;
  std::mutex mutex_;                               // the rest
  std::deque<std::unique_ptr<Segment>> segments_;  // oldest first; only the last may be unsealed
  std::uint64_t last_accepted_ = 0;
  Deadline last_progress_{};
  std::string full_disk_;  // why; empty: it is not
  bool has_told_of_disk_ = false;
  std::uint64_t forgotten_ = 0;  // not told yet
  std::uint64_t lost_ = 0;       // not taken yet
};

}  // namespace weft::inline v0::detail
