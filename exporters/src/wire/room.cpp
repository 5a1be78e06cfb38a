// SPDX-License-Identifier: Apache-2.0
#include "wire/room.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace weft::inline v0::wire {

namespace {

// What a pipe that poll calls writable takes: one of its buffers is free.
constexpr int kPiece = 4096;
static_assert(kPiece <= PIPE_BUF);

bool is_writable(int file) noexcept {
  pollfd target{file, POLLOUT, 0};
  int ready = 0;
  do {
    ready = ::poll(&target, 1, 0);
  } while (ready < 0 && errno == EINTR);
  return ready != 0;
}

// A pipe has its room in buffers of a page, and two neighbours hold more than one page together:
// what one writer leaves of a buffer the next one may not use.
std::size_t room_of_pipe(int file) noexcept {
  int used = 0;
  const int size = ::fcntl(file, F_GETPIPE_SZ);
  if (size < 0 || ::ioctl(file, FIONREAD, &used) != 0) return kPiece;
  const int free = used == 0 ? size : size - 2 * used - 2 * kPiece;
  return static_cast<std::size_t>(std::max(free, kPiece));
}

}  // namespace

std::size_t room_of(int file) noexcept {
  struct stat status{};
  const bool is_known = ::fstat(file, &status) == 0;
  if (is_known && S_ISREG(status.st_mode)) return kAnySize;
  if (!is_writable(file)) return 0;
  return is_known && S_ISFIFO(status.st_mode) ? room_of_pipe(file) : std::size_t{kPiece};
}

std::string_view piece_of(std::string_view text, std::size_t room) noexcept {
  if (text.size() <= room) return text;
  const std::size_t end = text.substr(0, room).rfind('\n');
  return text.substr(0, end != std::string_view::npos ? end + 1 : room);
}

}  // namespace weft::inline v0::wire
