// SPDX-License-Identifier: Apache-2.0
#include "wire/file_tail.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cstdio>

namespace weft::inline v0::wire {

namespace {

/// The same file, to be read.
class Reading {
 public:
  explicit Reading(int file) noexcept {
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    file_ = ::open(path, O_RDONLY | O_CLOEXEC);
  }
  ~Reading() {
    if (file_ >= 0) ::close(file_);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ssize_t read(void* out, std::size_t size, off_t at) const noexcept {
    return ::pread(file_, out, size, at);
  }

 private:
  int file_;
};

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
    const ssize_t got = file_.read(in_.data(), in_.size(), at_);
    if (got <= 0) return false;
    z_.next_in = in_.data();
    z_.avail_in = static_cast<uInt>(got);
    while (z_.avail_in > 0) {
      z_.next_out = out_.data();
      z_.avail_out = static_cast<uInt>(out_.size());
      const int result = inflate(&z_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        end_ = at_ + got - static_cast<off_t>(z_.avail_in);
        if (inflateReset(&z_) != Z_OK) return false;
      } else if (result != Z_OK) {
        return false;
      }
    }
    at_ += got;
    return true;
  }

  const Reading file_;
  off_t at_;
  off_t end_;
  z_stream z_{};
  bool is_made_ = false;
  bool is_good_ = false;
  std::array<Bytef, 16384> in_;
  std::array<Bytef, 65536> out_;
};

}  // namespace

bool ends_with_line(int file, off_t size) noexcept {
  char last = '\n';
  const Reading reading(file);
  return size == 0 || reading.read(&last, 1, size - 1) != 1 || last == '\n';
}

off_t end_of_members(int file, off_t from, off_t size) noexcept {
  constexpr off_t kMost = off_t{64} << 20U;
  if (size <= from || size - from > kMost) return size;
  return Members(file, from).end_before(size);
}

}  // namespace weft::inline v0::wire
