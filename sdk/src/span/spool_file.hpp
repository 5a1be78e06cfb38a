// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// What a spool file's name ends with; one that is being made begins with a dot and ends with
/// `.new`.
inline constexpr const char* kSpoolSuffix = ".weft";
inline constexpr const char* kNewSpoolSuffix = ".new";
/// What cannot be read is put aside under this ending.
inline constexpr const char* kDamagedSuffix = ".damaged";

/// The file in which this process's record pool lies. While the process lives it holds a lock on
/// it (flock), by which other processes tell the living owner from the dead. The lock and the
/// mapping have descriptions of their own: a mapping keeps its description, and so its lock, alive
/// in a forked child, which would hide the parent's death.
class SpoolFile {
 public:
  /// Makes the folder if it is missing, and a file in it that no other process sees yet. Null, and
  /// why, when that cannot be.
  static std::unique_ptr<SpoolFile> create(const std::filesystem::path& folder, std::string& why);
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;
  /// Lets go of the file; one that was never published is removed.
  ~SpoolFile();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Replaces that range of memory by the file. False, and errno, when the disk has no room for the
  /// first `allocated` bytes: the range is as it was.
  bool map_over(char* memory, std::size_t size, std::size_t allocated) noexcept;
  /// Takes disk space before the first write (a hole on a full disk is a SIGBUS). False, and errno,
  /// when there is none.
  bool allocate(std::size_t offset, std::size_t size) noexcept;
  /// Other processes may see it from here on.
  bool publish() noexcept;
  void remove() noexcept;
  /// The lock's descriptor, the caller's from here on.
  int take_lock() noexcept { return std::exchange(lock_, -1); }
  /// In a forked child: the memory keeps its contents and is the child's own, and the parent's lock
  /// is the parent's alone.
  void leave_to_parent(char* memory, std::size_t size) noexcept;

 private:
  SpoolFile() = default;

  std::filesystem::path path_;
  std::filesystem::path new_path_;  // empty once published
  int lock_ = -1;
  int data_ = -1;
};

}  // namespace weft::inline v0::detail
