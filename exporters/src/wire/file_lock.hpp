// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <weft/version.hpp>

#include "wire/opened_again.hpp"

namespace weft::inline v0::wire {

/// While it lives, no other process that asks as well packs into this file, moves it or ends half a
/// line of it. Nobody is waited for longer than `patience`: a holder may be stopped.
///
/// A lock belongs to what was opened, which forked children keep. So the file is opened for this
/// lock alone: only of a process that is killed while it has it, and forked in the same
/// milliseconds, a child goes on holding it, until it ends or becomes another program.
class FileLock {
 public:
  explicit FileLock(int file, std::chrono::milliseconds patience = {}) noexcept
      : again_(file), file_(again_.get() >= 0 ? again_.get() : file) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + patience;
    int error = try_to_lock();
    if (error == EBADF) {  // NFS locks what may be written to
      file_ = file;
      error = try_to_lock();
    }
    for (; error == EWOULDBLOCK && Clock::now() < end; error = try_to_lock()) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    is_held_ = error != EWOULDBLOCK;  // no locks in this file system: as if nobody else were there
  }
  ~FileLock() {
    if (is_held_) ::flock(file_, LOCK_UN);  // a child may have been forked meanwhile
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// False: somebody else has it.
  bool is_held() const noexcept { return is_held_; }

 private:
  int try_to_lock() const noexcept {
    int error = EINTR;
    while (error == EINTR) error = ::flock(file_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    return error;
  }

  const OpenedAgain again_;
  int file_;
  bool is_held_ = false;
};

}  // namespace weft::inline v0::wire
