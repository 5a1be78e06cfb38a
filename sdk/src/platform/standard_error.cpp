// SPDX-License-Identifier: Apache-2.0
#include "platform/standard_error.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace weft::inline v0::detail {

namespace {

/// While it lives, a SIGPIPE that this thread causes is swallowed, whatever the process does with
/// that signal.
class PipeSignalGuard {
 public:
  PipeSignalGuard() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  PipeSignalGuard(const PipeSignalGuard&) = delete;
  PipeSignalGuard& operator=(const PipeSignalGuard&) = delete;
  ~PipeSignalGuard() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

// Nobody may wait long for a reader that does not read: the rest of the line is lost.
bool has_room() noexcept {
  constexpr int kPatienceMs = 100;
  pollfd target{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&target, 1, kPatienceMs);
  } while (ready < 0 && errno == EINTR);
  return ready > 0 && (target.revents & POLLOUT) != 0;
}

}  // namespace

void write_standard_error(std::string_view text) noexcept {
  const int error = errno;
  {
    const PipeSignalGuard guard;
    // A pipe that has room takes that much without waiting.
    while (!text.empty() && has_room()) {
      const std::size_t piece = std::min<std::size_t>(text.size(), PIPE_BUF);
      const ssize_t written = write(STDERR_FILENO, text.data(), piece);
      if (written > 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (written == 0 || errno != EINTR) {
        break;
      }
    }
  }
  errno = error;
}

}  // namespace weft::inline v0::detail
