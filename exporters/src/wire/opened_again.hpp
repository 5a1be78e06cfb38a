// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// The same regular file, wherever it lies by now, opened to be read.
class OpenedAgain {
 public:
  explicit OpenedAgain(int file) noexcept {
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    file_ = ::open(path, O_RDONLY | O_CLOEXEC);
  }
  ~OpenedAgain() {
    if (file_ >= 0) ::close(file_);
  }
  OpenedAgain(const OpenedAgain&) = delete;
  OpenedAgain& operator=(const OpenedAgain&) = delete;

  /// -1: it may not be read, or there is no /proc.
  int get() const noexcept { return file_; }

 private:
  int file_;
};

}  // namespace weft::inline v0::wire
