// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// While it lives, a peer that closes does not kill the process: TLS libraries write to sockets
/// without MSG_NOSIGNAL, and libcurl (with CURLOPT_NOSIGNAL) leaves SIGPIPE to us. Restores this
/// thread's mask, and takes back a SIGPIPE that came meanwhile.
class QuietPipes {
 public:
  QuietPipes() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~QuietPipes() {
    sigset_t pending;
    sigpending(&pending);
    const timespec now{};
    if (!was_pending_ && sigismember(&pending, SIGPIPE) == 1) sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  QuietPipes(const QuietPipes&) = delete;
  QuietPipes& operator=(const QuietPipes&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_;
};

}  // namespace weft::inline v0::wire
