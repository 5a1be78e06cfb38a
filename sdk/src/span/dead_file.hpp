// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "span/pool_mapping.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// What became of an attempt to take a spool file over.
enum class Claim : std::uint8_t {
  claimed,
  in_use,         // its owner lives, or another process is reading it
  gone,           // another process was faster
  other_version,  // of another version, layout or byte order of weft: left for who can read it
  damaged,        // no header that makes sense
  unreadable,     // no permission, no memory, a failing disk
};

/// A spool file whose owner is dead, read into memory of our own (what happens to the file from
/// here on, a truncation say, harms nobody), and checked: docs/delivery.md. While it lives it holds
/// the file's lock and is the process's one adopted pool. In a forked child: `leave_to_parent`.
class WEFT_API DeadFile {
 public:
  /// `why` is for whoever reads the message. `for_reading`: nothing of it will be changed.
  static Claim claim(const std::filesystem::path& path, bool for_reading,
                     std::unique_ptr<DeadFile>& file, std::string& why);
  /// Nobody holds its lock just now.
  static bool is_dead(const std::filesystem::path& path);
  DeadFile(const DeadFile&) = delete;
  DeadFile& operator=(const DeadFile&) = delete;
  /// Nobody may read the records any more.
  ~DeadFile();

  /// What can be sent: ended spans and those that were unfinished, which are ended now. Valid while
  /// the file object lives.
  const std::vector<Record*>& spans() const noexcept { return spans_; }
  std::size_t unfinished() const noexcept { return unfinished_; }
  /// Spans of which a part could not be read, and was taken out.
  std::size_t repaired() const noexcept { return repaired_; }
  /// Spans of which nothing could be read, those beyond the end of a truncated file among them.
  std::size_t lost() const noexcept { return lost_; }
  /// So many bytes of the file were in use, and were copied.
  std::size_t bytes_read() const noexcept { return bytes_read_; }

  const std::filesystem::path& path() const noexcept { return path_; }
  std::uint64_t process_id() const noexcept { return header_->process_id; }
  std::uint64_t created() const noexcept { return header_->created; }

  /// Of a file that nobody has touched for so long, lets go of the spans that ended before: how
  /// many. What lies in the future is not old.
  std::size_t drop_older(std::chrono::seconds age) noexcept;
  /// These need not be sent again, should this process be killed too.
  void mark_sent(std::span<Record* const> records) noexcept;
  void remove() noexcept;
  /// In the child of a fork: its parent goes on with whatever it had claimed.
  static void leave_to_parent() noexcept;

 private:
  DeadFile() = default;
  Claim lock(bool for_reading, std::string& why);
  Claim read_header(std::string& why);
  Claim read_all(std::string& why);
  bool read_data(std::size_t begin, std::size_t end) noexcept;
  bool read_range(std::size_t begin, std::size_t end) noexcept;
  bool is_of_this_boot() const noexcept;
  bool read_what_was_used() noexcept;
  void check_table(PoolTable& table, std::uint32_t capacity,
                   bool (*is_right)(std::string_view)) noexcept;
  void check_records();
  void end_open_ones() noexcept;

  std::filesystem::path path_;
  int file_ = -1;
  std::size_t file_size_ = 0;
  std::uint64_t modified_ = 0;  // Unix nanoseconds
  std::size_t bytes_read_ = 0;
  std::size_t records_end_ = 0;  // what was read of the records ends here
  PoolLayout layout_{};
  std::size_t spare_chunks_ = 0;
  char* memory_ = nullptr;
  std::size_t memory_size_ = 0;
  PoolHeader* header_ = nullptr;
  RecordPool* pool_ = nullptr;
  std::vector<Record*> spans_;
  std::size_t unfinished_ = 0;
  std::size_t repaired_ = 0;
  std::size_t lost_ = 0;
};

/// Moves a file that cannot be read out of the way, so that it is not tried again.
void put_damaged_aside(const std::filesystem::path& path) noexcept;

}  // namespace weft::inline v0::detail
