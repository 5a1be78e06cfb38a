// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dirent.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The files of a spool folder, looked through part by part: who looks has a deadline, and of files
/// there may be a hundred thousand. Many processes may have died in one outage, each within its own
/// bounds: what is too much for the folder makes room, damaged files first, then the oldest; what
/// cannot go, as a living process's, counts for nothing. One thread at a time.
class Leftovers {
 public:
  explicit Leftovers(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Anew, and until dead processes' files take no more than so many bytes.
  void begin(std::size_t most) noexcept;
  void clear() noexcept;
  /// A part of it. True: there is more to do. Throws where there is no memory.
  bool look();
  /// No spool file is left, of those that were found.
  bool empty() const noexcept { return files_.empty() && passed_over_.empty(); }
  /// The name of the oldest spool file.
  std::string take_oldest();
  /// Spans that made room since the last call.
  std::size_t take_made_room() noexcept { return std::exchange(made_room_, 0U); }

  /// Whether there may be more spool files than so many: reads the folder's first entries, and is
  /// sure when those are all.
  static bool may_be_more_than(const std::filesystem::path& folder, std::size_t own) noexcept;

 private:
  struct File {
    std::string name;
    std::size_t bytes = 0;
  };
  struct Close {
    void operator()(DIR* folder) const noexcept { closedir(folder); }
  };
  using Heap = std::vector<File>;  // the oldest on top
  enum class Doing : std::uint8_t { nothing, reading, weighing, making_room };

  Doing read_one();
  Doing weigh_one();
  Doing remove_one();
  void note(std::string name);
  bool forget(const std::string& name);
  static void put(Heap& heap, File file);
  static File take(Heap& heap) noexcept;

  const std::filesystem::path folder_;
  std::unique_ptr<DIR, Close> reading_;
  Doing doing_ = Doing::nothing;
  std::size_t most_ = 0;
  std::size_t bytes_ = 0;
  std::size_t weighed_ = 0;
  Heap files_;
  Heap damaged_;
  std::deque<File> passed_over_;  // while room was made: older than the rest
  std::size_t made_room_ = 0;
  std::size_t bytes_read_ = 0;  // of the file that has gone last
};

}  // namespace weft::inline v0::detail
