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

#include <weft/version.hpp>

#include "span/pool_mapping.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

struct OverflowLimits {
  std::size_t bytes = std::size_t{256} << 20U;  // of all segments
  std::chrono::seconds age{24 * 3600};          // of each
};

/// Where batches go while no exporter gets anything out and the queue fills: copies in segment
/// files of the spool folder, which have the form of a dead process's file and are sent like one
/// when the backend is back. Bounded: the oldest segment makes room. One caller at a time for
/// `append` (under the collector's lock); the rest from any thread.
class Overflow {
 public:
  Overflow(std::filesystem::path folder, RecordPool& pool, OverflowLimits limits = {});
  ~Overflow();

  /// Copies ended records, as many of the first ones as the disk takes: their number. `forgotten`:
  /// how many older ones had to make room.
  std::size_t append(std::span<Record* const> records, std::uint64_t& forgotten) noexcept;
  /// What was appended may be sent from here on.
  void close_segment() noexcept;
  /// There is something to send.
  bool has_segments() noexcept;
  /// Spans in segments that are not being written or sent, counted by their state words.
  std::uint64_t count() noexcept;

 private:
  struct Segment {
    std::filesystem::path path;
    std::chrono::steady_clock::time_point begun;
    std::size_t bytes = 0;
  };
  struct Writing;

  bool open_segment();
  bool put(const Record& record) noexcept;
  bool make_room(std::uint64_t& forgotten) noexcept;
  bool forget_oldest(std::uint64_t& forgotten) noexcept;

  const std::filesystem::path folder_;
  RecordPool& pool_;
  const OverflowLimits limits_;
  mutable std::mutex mutex_;
  std::deque<Segment> segments_;  // oldest first; the last one is being written while writing_ is
  std::unique_ptr<Writing> writing_;
};

}  // namespace weft::inline v0::detail
