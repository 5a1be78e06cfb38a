// SPDX-License-Identifier: Apache-2.0
#include "processor/leftovers.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string_view>
#include <utility>

#include "span/dead_file.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

namespace {

// A part is so much, about a millisecond: to read an entry is one, ...
constexpr int kPart = 256;
constexpr int kToWeigh = 2;
constexpr int kToRemove = 16;
constexpr std::size_t kAtOnce = 16384;  // ... and to read so many bytes, too

// A file that is being made for so long never will be.
constexpr std::time_t kStillborn = 60;

bool is_spool_file(std::string_view name) noexcept {
  return name.ends_with(kSpoolSuffix) && !name.starts_with(".");
}

void remove_stillborn(const std::filesystem::path& path) noexcept {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return;
  struct stat status{};
  if (fstat(file, &status) == 0 && status.st_mtime + kStillborn < std::time(nullptr) &&
      flock(file, LOCK_EX | LOCK_NB) == 0) {
    unlink(path.c_str());
  }
  close(file);
}

// Names of one file share it.
std::size_t disk_space(int folder, const char* name) noexcept {
  struct stat status{};
  if (fstatat(folder, name, &status, 0) != 0) return 0;
  return static_cast<std::size_t>(status.st_blocks) * 512 /
         std::max<std::size_t>(status.st_nlink, 1);
}

}  // namespace

bool Leftovers::may_be_more_than(const std::filesystem::path& folder, std::size_t own) noexcept {
  const std::unique_ptr<DIR, Close> reading(opendir(folder.c_str()));
  if (reading == nullptr) return false;
  for (int i = 0; i < kPart; ++i) {
    const dirent* const entry = readdir(reading.get());
    if (entry == nullptr) return false;
    if (is_spool_file(entry->d_name) && own-- == 0) return true;
  }
  return true;
}

void Leftovers::begin(std::size_t most) noexcept {
  clear();
  reading_.reset(opendir(folder_.c_str()));
  if (reading_ != nullptr) doing_ = Doing::reading;
  most_ = most;
}

void Leftovers::clear() noexcept {
  doing_ = Doing::nothing;
  reading_.reset();
  bytes_ = weighed_ = 0;
  files_.clear();
  damaged_.clear();
  passed_over_.clear();
}

bool Leftovers::look() {
  for (int left = kPart; left > 0 && doing_ != Doing::nothing;) {
    switch (doing_) {
      case Doing::nothing:
        break;
      case Doing::reading:
        doing_ = read_one();
        left -= 1;
        break;
      case Doing::weighing:
        doing_ = weigh_one();
        left -= kToWeigh;
        break;
      case Doing::making_room:
        bytes_read_ = 0;
        doing_ = remove_one();
        left -= kToRemove + static_cast<int>(std::min<std::size_t>(bytes_read_ / kAtOnce, kPart));
        break;
    }
  }
  return doing_ != Doing::nothing;
}

Leftovers::Doing Leftovers::read_one() {
  if (const dirent* const entry = readdir(reading_.get())) {
    note(entry->d_name);
    return Doing::reading;
  }
  reading_.reset();
  return bytes_ > most_ ? Doing::weighing : Doing::nothing;
}

void Leftovers::note(std::string name) {
  const bool is_hidden = name.starts_with(".");
  if (is_hidden && name.ends_with(kNewSpoolSuffix)) return remove_stillborn(folder_ / name);
  const bool is_damaged = name.ends_with(kDamagedSuffix);
  if (is_hidden || (!is_damaged && !is_spool_file(name))) return;
  const std::size_t bytes = disk_space(dirfd(reading_.get()), name.c_str());
  put(is_damaged ? damaged_ : files_, {std::move(name), bytes});
  bytes_ += bytes;
}

Leftovers::Doing Leftovers::weigh_one() {
  if (weighed_ == files_.size()) return Doing::making_room;
  File& file = files_[weighed_++];
  if (!DeadFile::is_dead(folder_ / file.name)) bytes_ -= std::exchange(file.bytes, 0U);
  return Doing::weighing;
}

Leftovers::Doing Leftovers::remove_one() {
  if (bytes_ <= most_ || (damaged_.empty() && files_.empty())) return Doing::nothing;
  if (!damaged_.empty()) {
    const File file = take(damaged_);
    unlink((folder_ / file.name).c_str());
    bytes_ -= file.bytes;
    return Doing::making_room;
  }
  File file = take(files_);
  bytes_ -= file.bytes;
  if (file.bytes == 0 || !forget(file.name)) passed_over_.push_back(std::move(file));
  return Doing::making_room;
}

// False: its process lives, or it is nothing that can be counted.
bool Leftovers::forget(const std::string& name) {
  std::unique_ptr<DeadFile> file;
  std::string why;
  if (DeadFile::claim(folder_ / name, false, file, why) != Claim::claimed) return false;
  made_room_ += file->spans().size() + file->lost();
  bytes_read_ = file->bytes_read();
  file->remove();
  return true;
}

std::string Leftovers::take_oldest() {
  if (passed_over_.empty()) return take(files_).name;
  std::string name = std::move(passed_over_.front().name);
  passed_over_.pop_front();
  return name;
}

void Leftovers::put(Heap& heap, File file) {
  heap.push_back(std::move(file));
  std::ranges::push_heap(heap, std::greater<>(), &File::name);
}

Leftovers::File Leftovers::take(Heap& heap) noexcept {
  std::ranges::pop_heap(heap, std::greater<>(), &File::name);
  File file = std::move(heap.back());
  heap.pop_back();
  return file;
}

}  // namespace weft::inline v0::detail
