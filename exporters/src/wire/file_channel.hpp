// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <weft/version.hpp>

#include "wire/text_channel.hpp"

namespace weft::inline v0::wire {

struct FileSettings {
  std::filesystem::path path{};        // empty: standard output
  std::uintmax_t rotate_at_bytes = 0;  // 0: never
  int keep_files = 0;
  bool is_packed = false;                      // half a text cannot be ended by a line's end
  std::chrono::milliseconds patience{300000};  // with a pipe that nobody reads
};

/// Appends each request to a file: one place, and the answer is there when it is written. What
/// could be written in part only is taken back, and what a process that was killed has left half
/// written is ended. A file that somebody moved away is made anew; other processes may write to it
/// and rotate it as well: a line is one write at its end and needs no lock, whoever packs, rotates
/// or ends half a line has one. Into a pipe it writes what there is room for.
class FileChannel final : public TextChannel {
 public:
  explicit FileChannel(FileSettings settings)
      : TextChannel(settings.patience), settings_(std::move(settings)) {}
  ~FileChannel() override;

 private:
  std::string begin(std::string_view text) override;
  Taken take(std::string_view text) noexcept override;
  std::string_view repair() const noexcept override { return settings_.is_packed ? "" : "\n"; }
  std::string open();
  bool open_there() noexcept;
  bool is_at_path() const noexcept;
  bool is_removed() const noexcept;
  std::string rotate(std::uintmax_t size);
  void warn_of_lock(std::uintmax_t size);
  std::error_code move_away() const;
  Taken append(std::string_view text) noexcept;
  Taken append_line(std::string_view text) noexcept;
  Taken append_member(std::string_view text) noexcept;
  Taken append_as_it_is(std::string_view text) const noexcept;
  bool end_half_a_line() const noexcept;
  bool cut_half_a_member(off_t size) const noexcept;
  Taken take_back(Taken taken, off_t before) const noexcept;
  ssize_t write(std::string_view text) const noexcept;
  void close() noexcept;

  const FileSettings settings_;
  int file_ = -1;
  off_t whole_ = 0;  // up to here its members are whole
  bool is_lock_told_ = false;
  bool is_file_ = false;    // and no pipe, terminal or the like
  bool is_socket_ = false;  // which takes what it has room for, if it is asked that way
};

}  // namespace weft::inline v0::wire
