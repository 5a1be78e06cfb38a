// SPDX-License-Identifier: Apache-2.0
#include "wire/file_channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "wire/file_lock.hpp"
#include "wire/file_tail.hpp"
#include "wire/room.hpp"

namespace weft::inline v0::wire {

namespace {

namespace fs = std::filesystem;

constexpr const char* kNotWritten = "cannot be written";
constexpr const char* kNotOpened = "cannot be opened";
constexpr const char* kLocked = "is locked by another process";
// With another process that writes, which takes milliseconds; it may be stopped.
constexpr std::chrono::milliseconds kPatience{50};

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
  whole_ = 0;
}

bool FileChannel::is_at_path() const noexcept {
  struct stat there{};
  struct stat ours{};
  return file_ >= 0 && ::stat(settings_.path.c_str(), &there) == 0 && ::fstat(file_, &ours) == 0 &&
         there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
}

// "" when `file_` is what lies at the path.
std::string FileChannel::open() {
  if (settings_.path.empty()) {
    file_ = STDOUT_FILENO;
    return {};
  }
  if (is_at_path()) return {};
  close();
  std::error_code ignored;  // what is wrong with the folder, opening the file says
  if (settings_.path.has_parent_path())
    fs::create_directories(settings_.path.parent_path(), ignored);
  if (open_there()) return {};
  if (errno == ENXIO && is_pipe(settings_.path)) return "is a pipe that nobody reads";
  return last_error(kNotOpened);
}

// Without waiting for whoever may come to read a pipe.
bool FileChannel::open_there() noexcept {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  file_ = ::open(settings_.path.c_str(), kFlags, 0644);
  return file_ >= 0;
}

// Some file systems know of no links; what is at the path is there all the same.
bool FileChannel::is_removed() const noexcept {
  struct stat status{};
  return ::fstat(file_, &status) == 0 && status.st_nlink == 0 && !is_at_path();
}

// Every full file moves on by one, up to the first number that is free, and one too many goes when
// all have moved: where one cannot, nothing is lost, however often it is tried.
std::error_code FileChannel::move_away() const {
  std::error_code error;
  const int keep = settings_.keep_files;
  if (keep == 0) {
    fs::remove(settings_.path, error);
    return error;
  }
  int number = 1;
  while (number <= keep &&
         fs::exists(fs::symlink_status(numbered(settings_.path, number), error))) {
    ++number;
  }
  for (error.clear(); number > 0 && !error; --number) {
    fs::rename(number == 1 ? settings_.path : numbered(settings_.path, number - 1),
               numbered(settings_.path, number), error);
  }
  std::error_code ignored;
  if (!error) fs::remove(numbered(settings_.path, keep + 1), ignored);
  return error;
}

// Where it cannot be, the file goes on growing: nothing is lost, but the user must know.
std::string FileChannel::rotate(std::uintmax_t size) {
  {
    const FileLock lock(file_);
    if (!lock.is_held()) {  // another process does it: next time
      warn_of_lock(size);
      return {};
    }
    is_lock_told_ = false;
    if (is_at_path()) {
      if (const auto error = move_away()) {
        warn("cannot be rotated, and grows: " + error.message());
      }
    }
  }
  return open();
}

// Once, and not of a moment's.
void FileChannel::warn_of_lock(std::uintmax_t size) {
  if (is_lock_told_ || size / 2 < settings_.rotate_at_bytes) return;
  warn("cannot be rotated, and grows: locked by another process");
  is_lock_told_ = true;
}

std::string FileChannel::begin(std::string_view text) {
  struct stat status{};
  if (std::string why = open(); !why.empty()) return why;
  const bool is_known = ::fstat(file_, &status) == 0;
  is_file_ = is_known && S_ISREG(status.st_mode);
  is_socket_ = is_known && S_ISSOCK(status.st_mode);
  const auto size = static_cast<std::uintmax_t>(status.st_size);
  const bool is_own = is_file_ && !settings_.path.empty();
  const bool is_full =
      settings_.rotate_at_bytes > 0 && size > 0 && size + text.size() > settings_.rotate_at_bytes;
  return is_own && is_full ? rotate(size) : std::string();
}

ssize_t FileChannel::write(std::string_view text) const noexcept {
  return is_socket_ ? ::send(file_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                    : ::write(file_, text.data(), text.size());
}

TextChannel::Taken FileChannel::take(std::string_view text) noexcept {
  if (is_file_) return append(text);
  Taken taken;
  while (taken.size < text.size()) {
    const std::string_view rest = text.substr(taken.size);
    const std::string_view piece = is_socket_ ? rest : piece_of(rest, room_of(file_));
    const ssize_t size = piece.empty() ? -1 : write(piece);
    if (size >= 0) {
      taken.size += static_cast<std::size_t>(size);
    } else if (piece.empty() || errno == EAGAIN) {
      taken.full = file_;
      break;
    } else if (errno != EINTR) {
      taken.why = kNotWritten;
      taken.error = errno;
      break;
    }
  }
  return taken;
}

// Whoever rotates may remove it (`keep_files` = 0) just before: what nobody will read is not kept.
TextChannel::Taken FileChannel::append(std::string_view text) noexcept {
  if (settings_.path.empty()) return append_as_it_is(text);
  for (int tries = 0; tries < 3; ++tries) {
    const Taken taken = settings_.is_packed ? append_member(text) : append_line(text);
    if (taken.why != nullptr || !is_removed()) return taken;
    close();
    if (!open_there()) return {.why = kNotOpened, .error = errno};
  }
  return {.why = "is removed again and again"};
}

TextChannel::Taken FileChannel::append_line(std::string_view text) noexcept {
  if (!end_half_a_line()) return {.why = kNotWritten, .error = errno};
  if (text == repair()) return {.size = text.size()};  // half a line of our own is ended as well
  return append_as_it_is(text);
}

// Of several processes that find it, one ends it, unless one that is stopped has the lock.
bool FileChannel::end_half_a_line() const noexcept {
  if (!ends_with_half_a_line(file_)) return true;
  const FileLock lock(file_, kPatience);
  return !ends_with_half_a_line(file_) || write_all(file_, "\n") == 1;
}

TextChannel::Taken FileChannel::append_member(std::string_view text) noexcept {
  const FileLock lock(file_, kPatience);
  if (!lock.is_held()) return {.why = kLocked};
  struct stat status{};
  if (::fstat(file_, &status) != 0) return {.why = kNotWritten, .error = errno};
  if (!cut_half_a_member(status.st_size)) {
    return {.why = "half a text is in it, and cannot be taken away", .error = errno};
  }
  const Taken taken = append_as_it_is(text);
  if (taken.size == text.size() && ::fstat(file_, &status) == 0) whole_ = status.st_size;
  return taken;
}

// What others have left behind the last that is known to be whole.
bool FileChannel::cut_half_a_member(off_t size) const noexcept {
  if (size == whole_) return true;
  const off_t end = end_of_members(file_, size > whole_ ? whole_ : 0, size);
  return end == size || ::ftruncate(file_, end) == 0;
}

TextChannel::Taken FileChannel::append_as_it_is(std::string_view text) const noexcept {
  struct stat before{};
  if (::fstat(file_, &before) != 0) return {.why = "cannot be looked at", .error = errno};
  const std::size_t done = write_all(file_, text);
  if (done == text.size()) return {.size = done};
  return take_back({.size = done, .why = kNotWritten, .error = errno}, before.st_size);
}

// Half a member is of no use to anybody, and nobody writes behind it while we have the lock. Behind
// half a line somebody may, so that is ended by whoever writes next.
TextChannel::Taken FileChannel::take_back(Taken taken, off_t before) const noexcept {
  struct stat now{};
  const auto end = before + static_cast<off_t>(taken.size);
  const bool is_last = ::fstat(file_, &now) == 0 && now.st_size == end;
  if (settings_.path.empty() || !settings_.is_packed || taken.size == 0 || !is_last) return taken;
  if (::ftruncate(file_, before) == 0) {
    taken.size = 0;
  } else {
    taken.why = "half a text is in it, and the rest cannot be written";
  }
  return taken;
}

}  // namespace weft::inline v0::wire
