// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "span/pool_mapping.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

/// A file of the spool folder into which ended records are copied, of the form that a dead
/// process's file has, so that whoever reads those reads it too. While it is locked it is this
/// process's and no other one takes it. One caller at a time. In a forked child:
/// `leave_to_parent`.
class Segment {
 public:
  /// At once in a process.
  static constexpr std::size_t kMost = 128;
  /// 4 MiB of records, and as much again for bodies that outgrew them.
  static constexpr PoolLayout kLayout{4096, 2048};

  /// Null, and why, when the disk has no room for it or the process no descriptor.
  static std::unique_ptr<Segment> create(const std::filesystem::path& folder, RecordPool& pool,
                                         Deadline begun, std::string& why);
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  /// The file stays.
  ~Segment();

  /// Copies an ended record, with its chunks. False: no room, here or on the disk.
  bool put(const Record& record, RecordPool& pool) noexcept;
  /// What the pool's tables have got since.
  void update_tables(RecordPool& pool) noexcept;
  /// Nothing more is put into it.
  void seal() noexcept;
  bool is_sealed() const noexcept { return memory_ == nullptr; }
  bool is_empty() const noexcept { return records_ == 0; }

  const std::filesystem::path& path() const noexcept { return path_; }
  std::size_t bytes() const noexcept;  ///< on the disk
  Deadline begun() const noexcept { return begun_; }
  /// Spans that are still to be sent, counted by their state words in the file.
  std::uint64_t owed() const noexcept;
  bool is_gone() const noexcept;
  /// Gone, and neither sent nor removed by this process: somebody has deleted it.
  bool is_taken_away() const noexcept { return !is_removed_ && lock_slot_ != kMost && is_gone(); }

  /// False: somebody is sending it, or it is gone.
  bool lock() noexcept;
  void unlock() noexcept;
  void remove() noexcept;
  static void leave_to_parent() noexcept;

 private:
  explicit Segment(Deadline begun) : begun_(begun) {}
  bool has_room(std::uint32_t more_chunks) noexcept;
  void copy(const Record& record, std::uint32_t chunks, RecordPool& pool) noexcept;
  bool keep_lock(int file) noexcept;
  PoolHeader& header() const noexcept { return *reinterpret_cast<PoolHeader*>(memory_); }
  Record& record(std::uint32_t index) const noexcept;
  Chunk& chunk(std::uint32_t number) const noexcept;

  const Deadline begun_;
  std::filesystem::path path_;
  std::unique_ptr<SpoolFile> file_;  // until it is sealed, as the mapping is
  char* memory_ = nullptr;
  std::size_t lock_slot_ = kMost;  // kMost: not locked
  bool is_removed_ = false;
  std::uint32_t records_ = 0;
  std::uint32_t chunks_ = 0;
  std::uint32_t backed_records_ = 0;
  std::uint32_t backed_chunks_ = 0;
};

}  // namespace weft::inline v0::detail
