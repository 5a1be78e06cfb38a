// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// While it lives, nothing that is written kills the process. A peer that closes: TLS libraries
/// write to sockets without MSG_NOSIGNAL, and libcurl (with CURLOPT_NOSIGNAL) leaves SIGPIPE to us.
/// A file that may not grow: SIGXFSZ. Restores this thread's mask, and takes back what came
/// meanwhile.
class QuietPipes {
 public:
  QuietPipes() noexcept {
    sigset_t pending;
    sigpending(&pending);
    sigemptyset(&ours_);
    for (const int signal : {SIGPIPE, SIGXFSZ}) {
      // What was pending before is somebody else's, and blocked already.
      if (sigismember(&pending, signal) == 0) sigaddset(&ours_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &ours_, &before_);
  }
  ~QuietPipes() {
    const timespec now{};
    sigset_t pending;
    sigpending(&pending);
    for (const int signal : {SIGPIPE, SIGXFSZ}) {
      sigset_t one;
      sigemptyset(&one);
      sigaddset(&one, signal);
      const bool came = sigismember(&ours_, signal) == 1 && sigismember(&pending, signal) == 1;
      if (came) sigtimedwait(&one, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  QuietPipes(const QuietPipes&) = delete;
  QuietPipes& operator=(const QuietPipes&) = delete;

 private:
  sigset_t ours_;
  sigset_t before_;
};

}  // namespace weft::inline v0::wire
