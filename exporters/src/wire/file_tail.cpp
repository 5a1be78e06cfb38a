// SPDX-License-Identifier: Apache-2.0
#include "wire/file_tail.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <thread>

#include "wire/opened_again.hpp"

namespace weft::inline v0::wire {

namespace {

constexpr std::size_t kPiece = 16384;
constexpr off_t kMostPacked = off_t{4} << 20U;
constexpr std::size_t kMostUnpacked = std::size_t{8} << 20U;

off_t size_of(int file) noexcept {
  struct stat status{};
  return ::fstat(file, &status) == 0 ? status.st_size : 0;
}

/// What cannot be read does.
bool ends_with_line(int file, off_t size) noexcept {
  char last = '\n';
  return size == 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

/// Whoever is inside a write has the kernel's own lock of the file, which a change of its owner
/// waits for, also one that changes nothing. Some network file systems have none.
void wait_for_writers(int file) noexcept {
  std::this_thread::sleep_for(std::chrono::milliseconds{1});
  static_cast<void>(!::fchown(file, static_cast<uid_t>(-1), static_cast<gid_t>(-1)));
}

/// Where the last member in a part of the file begins. -1: none does.
off_t last_begin(int file, off_t from, off_t size) noexcept {
  constexpr std::string_view kBegin{"\x1f\x8b\x08\0\0\0\0\0", 8};  // no name and no time
  std::array<char, kPiece> piece;
  for (off_t end = size; end > from;) {
    const off_t begin = std::max(from, end - static_cast<off_t>(piece.size()));
    const ssize_t got = ::pread(file, piece.data(), static_cast<std::size_t>(end - begin), begin);
    if (got <= 0) break;
    const auto at = std::string_view(piece.data(), static_cast<std::size_t>(got)).rfind(kBegin);
    if (at != std::string_view::npos) return begin + static_cast<off_t>(at);
    if (begin == from) break;
    end = begin + static_cast<off_t>(kBegin.size()) - 1;  // one may lie across the border
  }
  return -1;
}

/// Unpacks a file's members without keeping anything of them.
class Members {
 public:
  Members(int file, off_t from) noexcept : file_(file), at_(from), end_(from) {
    constexpr int kGzipFormat = 15 + 16;
    is_good_ = inflateInit2(&z_, kGzipFormat) == Z_OK;
    is_made_ = is_good_;
  }
  ~Members() {
    if (is_made_) inflateEnd(&z_);
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  /// Up to the last whole one; nothing else but the beginning of one is behind it.
  off_t end_before(off_t size) noexcept {
    while (is_good_ && at_ < size) is_good_ = step();
    return is_good_ ? end_ : size;
  }

 private:
  // One piece of the file.
  bool step() noexcept {
    const ssize_t got = ::pread(file_, in_.data(), in_.size(), at_);
    if (got <= 0) return false;
    z_.next_in = in_.data();
    z_.avail_in = static_cast<uInt>(got);
    while (z_.avail_in > 0) {
      z_.next_out = out_.data();
      z_.avail_out = static_cast<uInt>(out_.size());
      const int result = inflate(&z_, Z_NO_FLUSH);
      unpacked_ += out_.size() - z_.avail_out;
      if (result == Z_STREAM_END) {
        end_ = at_ + got - static_cast<off_t>(z_.avail_in);
        if (inflateReset(&z_) != Z_OK) return false;
      } else if (result != Z_OK || unpacked_ > kMostUnpacked) {
        return false;
      }
    }
    at_ += got;
    return true;
  }

  const int file_;
  off_t at_;
  off_t end_;
  std::size_t unpacked_ = 0;
  z_stream z_{};
  bool is_made_ = false;
  bool is_good_ = false;
  std::array<Bytef, kPiece> in_;
  std::array<Bytef, 4 * kPiece> out_;
};

}  // namespace

bool ends_with_half_a_line(int file) noexcept {
  const OpenedAgain again(file);
  off_t size = size_of(file);
  for (int look = 0; look < 3 && !ends_with_line(again.get(), size); ++look) {
    wait_for_writers(file);
    if (size_of(file) == size) return true;
    size = size_of(file);
  }
  return false;
}

off_t end_of_members(int file, off_t from, off_t size) noexcept {
  const OpenedAgain again(file);
  const off_t near = std::max(from, size - kMostPacked);
  const off_t last = last_begin(again.get(), near, size);
  if (last < 0 && near != from) return size;
  return Members(again.get(), last < 0 ? from : last).end_before(size);
}

}  // namespace weft::inline v0::wire
