// SPDX-License-Identifier: Apache-2.0
#include "span/spool_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace weft::inline v0::detail {

namespace {

// By time of creation: oldest first is the order of the names.
std::string fresh_name() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  char text[48];
  std::snprintf(text, sizeof text, "%016llx-%ld",
                static_cast<unsigned long long>(
                    std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()),
                static_cast<long>(getpid()));
  return text;
}

// Going beyond it is a signal that ends the process.
bool is_within_limit(std::size_t end) noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return true;
  errno = EFBIG;
  return end <= limit.rlim_cur;
}

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

std::unique_ptr<SpoolFile> SpoolFile::create(const std::filesystem::path& folder,
                                             std::string& why) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    why = error.message();
    return nullptr;
  }
  std::unique_ptr<SpoolFile> file(new SpoolFile);
  const std::string name = fresh_name();
  file->path_ = folder / (name + kSpoolSuffix);
  file->new_path_ = folder / ("." + name + kNewSpoolSuffix);
  // What spans say is the service's own business: nobody else may read it.
  file->lock_ = open(file->new_path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file->lock_ < 0) {
    why = reason(errno);
    file->new_path_.clear();
    return nullptr;
  }
  file->data_ = open(file->new_path_.c_str(), O_RDWR | O_CLOEXEC);
  if (file->data_ < 0 || flock(file->lock_, LOCK_EX | LOCK_NB) != 0) {
    why = reason(errno);
    return nullptr;
  }
  return file;
}

SpoolFile::~SpoolFile() {
  if (!new_path_.empty()) unlink(new_path_.c_str());
  if (data_ >= 0) close(data_);
  if (lock_ >= 0) close(lock_);
}

bool SpoolFile::allocate(std::size_t offset, std::size_t size) noexcept {
  if (!is_within_limit(offset + size)) return false;
  int error = EINTR;
  while (error == EINTR) {
    error = posix_fallocate(data_, static_cast<off_t>(offset), static_cast<off_t>(size));
  }
  errno = error;
  return error == 0;
}

bool SpoolFile::map_over(char* memory, std::size_t size, std::size_t allocated) noexcept {
  if (!is_within_limit(size) || ftruncate(data_, static_cast<off_t>(size)) != 0 ||
      !allocate(0, allocated))
    return false;
  return mmap(memory, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, data_, 0) == memory;
}

bool SpoolFile::publish() noexcept {
  if (rename(new_path_.c_str(), path_.c_str()) != 0) return false;
  new_path_.clear();
  return true;
}

void SpoolFile::remove() noexcept { unlink(path_.c_str()); }

void SpoolFile::leave_to_parent(char* memory, std::size_t size) noexcept {
  if (mmap(memory, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, data_, 0) != memory) {
    // Then only empty memory keeps the child's hands off its parent's records.
    mmap(memory, size, PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  }
  close(data_);
  close(lock_);
  data_ = lock_ = -1;
}

}  // namespace weft::inline v0::detail
