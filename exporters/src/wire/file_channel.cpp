// SPDX-License-Identifier: Apache-2.0
#include "wire/file_channel.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace weft::inline v0::wire {

namespace {

namespace fs = std::filesystem;

std::string last_error(std::string_view what) {
  return std::string(what) + ": " + std::strerror(errno);
}

fs::path numbered(const fs::path& path, int number) {
  return fs::path(path).concat("." + std::to_string(number));
}

bool is_pipe(const fs::path& path) noexcept {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

// Bytes written before an error, errno of which is left.
std::size_t write_all(int file, std::string_view text) noexcept {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = ::write(file, text.data() + done, text.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      break;
    }
  }
  return done;
}

}  // namespace

FileChannel::~FileChannel() { close(); }

void FileChannel::close() noexcept {
  if (file_ > STDERR_FILENO) ::close(file_);
  file_ = -1;
}

// "" when `file_` is what lies at the path.
std::string FileChannel::open() {
  if (settings_.path.empty()) {
    file_ = STDOUT_FILENO;
    return {};
  }
  struct stat there{};
  struct stat ours{};
  if (file_ >= 0 && ::stat(settings_.path.c_str(), &there) == 0 && ::fstat(file_, &ours) == 0 &&
      there.st_ino == ours.st_ino && there.st_dev == ours.st_dev) {
    return {};
  }
  close();
  std::error_code ignored;  // what is wrong with the folder, opening the file says
  if (settings_.path.has_parent_path())
    fs::create_directories(settings_.path.parent_path(), ignored);
  // Without waiting for whoever may come to read a pipe.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  file_ = ::open(settings_.path.c_str(), kFlags, 0644);
  if (file_ >= 0) return {};
  if (errno == ENXIO && is_pipe(settings_.path)) return "is a pipe that nobody reads";
  return last_error("cannot be opened");
}

// Where it cannot be, the file goes on growing: nothing is lost, but the user must know.
std::string FileChannel::rotate() {
  std::error_code error;
  fs::remove(numbered(settings_.path, settings_.keep_files), error);
  for (int number = settings_.keep_files; number > 1; --number) {
    fs::rename(numbered(settings_.path, number - 1), numbered(settings_.path, number), error);
  }
  if (settings_.keep_files > 0) {
    fs::rename(settings_.path, numbered(settings_.path, 1), error);
  } else {
    fs::remove(settings_.path, error);
  }
  if (error) warn("cannot be rotated, and grows: " + error.message());
  return open();
}

std::string FileChannel::begin(std::string_view text) {
  struct stat status{};
  if (std::string why = open(); !why.empty()) return why;
  is_file_ = ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  const bool is_own = is_file_ && !settings_.path.empty();
  const bool is_full =
      settings_.rotate_at_bytes > 0 && size > 0 && size + text.size() > settings_.rotate_at_bytes;
  return is_own && is_full ? rotate() : std::string();
}

TextChannel::Taken FileChannel::take(std::string_view text) {
  if (is_file_) return append(text);
  Taken taken;
  while (taken.size < text.size()) {
    if (!has_room(file_)) {
      taken.full = file_;
      break;
    }
    const std::string_view piece = text.substr(taken.size, kPiece);
    const ssize_t size = ::write(file_, piece.data(), piece.size());
    if (size >= 0) {
      taken.size += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {
      taken.full = file_;
      break;
    } else if (errno != EINTR) {
      taken.why = last_error("cannot be written");
      break;
    }
  }
  return taken;
}

TextChannel::Taken FileChannel::append(std::string_view text) const {
  struct stat before{};
  if (::fstat(file_, &before) != 0) return {.why = last_error("cannot be looked at")};
  const std::size_t done = write_all(file_, text);
  if (done == text.size()) return {.size = done};
  Taken taken{.size = done, .why = last_error("cannot be written")};
  // Half a line is of no use to anybody, unless others have written behind it.
  struct stat now{};
  const auto end = before.st_size + static_cast<off_t>(done);
  const bool is_last = ::fstat(file_, &now) == 0 && now.st_size == end;
  if (settings_.path.empty() || done == 0 || !is_last) return taken;
  if (::ftruncate(file_, before.st_size) == 0) return {.why = std::move(taken.why)};
  taken.why += "; half a line is in it now";
  return taken;
}

}  // namespace weft::inline v0::wire
