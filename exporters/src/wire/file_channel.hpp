// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <weft/version.hpp>

#include "wire/channel.hpp"

namespace weft::inline v0::wire {

struct FileSettings {
  std::filesystem::path path{};        // empty: standard output
  std::uintmax_t rotate_at_bytes = 0;  // 0: never
  int keep_files = 0;
};

/// Appends each request to a file: one place, and the answer is there when it is written. What
/// could be written in part only is taken back. A file that somebody moved away is made anew.
class FileChannel final : public Channel {
 public:
  explicit FileChannel(FileSettings settings) : settings_(std::move(settings)) {}
  ~FileChannel() override;
  FileChannel(const FileChannel&) = delete;
  FileChannel& operator=(const FileChannel&) = delete;

  void send(std::size_t place, std::string_view body, bool gzipped) override;
  void perform() noexcept override {}
  std::optional<Finished> next_finished() override;
  void wait(std::chrono::milliseconds longest) noexcept override;
  void wake() noexcept override;
  void cancel_all() noexcept override { reply_.reset(); }

 private:
  std::string open();
  std::string rotate();
  std::string write(std::string_view text);
  void close() noexcept;

  const FileSettings settings_;
  int file_ = -1;
  std::optional<Reply> reply_;
  std::string warning_;  // of the write that is being made
  std::mutex mutex_;     // woken_
  std::condition_variable wake_;
  bool woken_ = false;
};

}  // namespace weft::inline v0::wire
