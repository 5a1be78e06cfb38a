// SPDX-License-Identifier: Apache-2.0
#include "wire/file_channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

// Bytes written before an error, errno of which is left.
std::size_t write_all(int file, std::string_view text) noexcept {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = ::write(file, text.data() + done, text.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {  // a standard output that somebody made non-blocking
      pollfd writable{file, POLLOUT, 0};
      ::poll(&writable, 1, -1);
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
  file_ = ::open(settings_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  return file_ < 0 ? last_error("cannot be opened") : std::string();
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
  if (error) warning_ = "cannot be rotated, and grows: " + error.message();
  return open();
}

std::string FileChannel::write(std::string_view text) {
  struct stat status{};
  if (std::string why = open(); !why.empty()) return why;
  const bool is_file = ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  const bool is_own = is_file && !settings_.path.empty();
  if (is_own && settings_.rotate_at_bytes > 0 && size > 0 &&
      size + text.size() > settings_.rotate_at_bytes) {
    if (std::string why = rotate(); !why.empty()) return why;
    if (::fstat(file_, &status) != 0) return last_error("cannot be looked at");
  }
  const std::size_t done = write_all(file_, text);
  if (done == text.size()) return {};
  std::string why = last_error("cannot be written");
  // Half a line is of no use to anybody, unless others have written behind it.
  struct stat now{};
  const auto end = status.st_size + static_cast<off_t>(done);
  if (is_own && done > 0 && ::fstat(file_, &now) == 0 && now.st_size == end &&
      ::ftruncate(file_, status.st_size) != 0) {
    why += "; half a line is in it now";
  }
  return why;
}

void FileChannel::send(std::size_t, std::string_view body, bool) {
  Reply reply;
  warning_.clear();
  reply.why = write(body);
  if (reply.why.empty()) {
    reply.kind = Reply::Kind::answered;
    reply.why = std::move(warning_);
  }
  reply.complete = reply.why.empty();
  reply_ = std::move(reply);
}

std::optional<Channel::Finished> FileChannel::next_finished() {
  if (!reply_) return std::nullopt;
  Finished finished{0, *std::exchange(reply_, std::nullopt)};
  return finished;
}

void FileChannel::wait(std::chrono::milliseconds longest) noexcept {
  // Bounded: the sum of now and the longest time there is would be none.
  constexpr std::chrono::milliseconds kLongest{3'600'000};
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::min(longest, kLongest), [this] { return woken_; });
  woken_ = false;
}

void FileChannel::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

}  // namespace weft::inline v0::wire
