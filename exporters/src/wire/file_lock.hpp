// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// While it lives, no other process that asks as well writes to this file or moves it. Nobody is
/// waited for longer than `patience`: a holder may be stopped.
class FileLock {
 public:
  explicit FileLock(int file, std::chrono::milliseconds patience = {}) noexcept : file_(file) {
    constexpr std::chrono::milliseconds kLook{1};
    while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      is_held_ = errno != EWOULDBLOCK;  // a file system without locks: as if nobody else were there
      if (is_held_ || patience <= kLook) return;
      std::this_thread::sleep_for(kLook);
      patience -= kLook;
    }
    is_held_ = true;
  }
  ~FileLock() {
    if (is_held_) ::flock(file_, LOCK_UN);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// False: somebody else has it.
  bool is_held() const noexcept { return is_held_; }

 private:
  const int file_;
  bool is_held_ = false;
};

}  // namespace weft::inline v0::wire
