// SPDX-License-Identifier: Apache-2.0
#include "wire/stream_channel.hpp"

#include <poll.h>

#include <cstddef>
#include <cstdio>
#include <ostream>

#ifdef __GLIBCXX__
#include <ext/stdio_filebuf.h>
#include <ext/stdio_sync_filebuf.h>
#endif

#include "wire/room.hpp"

namespace weft::inline v0::wire {

namespace {

// To write all the same would spoil the stream for the rest of the program.
bool has_no_reader(int file) noexcept {
  pollfd target{file, POLLOUT, 0};
  return ::poll(&target, 1, 0) > 0 && (target.revents & POLLERR) != 0;
}

// False: the stream has failed. What a user's stream throws says nothing else.
bool put(std::ostream& out, std::string_view text) noexcept {
  try {
    const std::ios_base::Init streams;
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    return out.good();
  } catch (...) {
    return false;
  }
}

}  // namespace

// The library's own buffers; where it is another library's, nothing is known of a stream.
int descriptor_of(std::ostream& out) noexcept {
  const std::ios_base::Init streams;
#ifdef __GLIBCXX__
  std::streambuf* const buffer = out.rdbuf();
  if (auto* synced = dynamic_cast<__gnu_cxx::stdio_sync_filebuf<char>*>(buffer)) {
    return ::fileno(synced->file());
  }
  auto* file = dynamic_cast<__gnu_cxx::stdio_filebuf<char>*>(buffer);
  if (file != nullptr && file->is_open()) return file->fd();
#endif
  return -1;
}

std::string StreamChannel::begin(std::string_view) {
  file_ = descriptor_of(*settings_.out);
  is_flushed_ = false;
  return {};
}

TextChannel::Taken StreamChannel::take(std::string_view text) noexcept {
  Taken taken;
  while (taken.size < text.size()) {
    const std::size_t room = file_ < 0 ? kAnySize : room_of(file_);
    if (room == 0) {
      taken.full = file_;
      break;
    }
    if (file_ >= 0 && has_no_reader(file_)) {
      taken.why = "nobody reads it any more";
      break;
    }
    // First what the program has left in the stream's own buffer, which may take the room.
    const bool goes_along = is_flushed_ || room == kAnySize;
    const std::string_view next = goes_along ? piece_of(text.substr(taken.size), room) : "";
    is_flushed_ = true;
    if (!put(*settings_.out, next)) {
      taken.why = "the stream has failed";
      break;
    }
    taken.size += next.size();
  }
  return taken;
}

}  // namespace weft::inline v0::wire
