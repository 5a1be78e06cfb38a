// SPDX-License-Identifier: Apache-2.0
#include "processor/segment.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace weft::inline v0::detail {

namespace {

constexpr std::uint32_t kStep = 512;  // records, and chunks, that get disk space at once

// The descriptors that hold this process's locks, plus one; 0: none.
constinit std::array<std::atomic<int>, Segment::kMost> locks{};

std::uint32_t chunks_of(const Record& record) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_acquire);
  if (size <= kInlineBody) return 0;
  return static_cast<std::uint32_t>((size - kInlineBody + kChunkPayload - 1) / kChunkPayload);
}

bool is_same_file(int file, const char* path) noexcept {
  struct stat opened{};
  struct stat named{};
  return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

std::unique_ptr<Segment> Segment::create(const std::filesystem::path& folder, RecordPool& pool,
                                         Deadline begun, std::string& why) {
  std::unique_ptr<Segment> made(new Segment(begun));
  made->file_ = SpoolFile::create(folder, why);
  if (made->file_ == nullptr) return nullptr;
  made->path_ = made->file_->path();
  void* memory = mmap(nullptr, kLayout.total(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) made->memory_ = static_cast<char*>(memory);
  if (memory == MAP_FAILED ||
      !made->file_->map_over(made->memory_, kLayout.total(), PoolLayout::records_at()) ||
      !made->has_room(0)) {
    why = std::generic_category().message(errno);
    return nullptr;
  }
  if (!made->keep_lock(made->file_->take_lock())) {
    why = "too many segments";
    return nullptr;
  }
  pool.copy_header(made->header(), kLayout);
  if (made->file_->publish()) return made;
  why = std::generic_category().message(errno);
  return nullptr;
}

Segment::~Segment() {
  seal();
  unlock();
}

Record& Segment::record(std::uint32_t index) const noexcept {
  return reinterpret_cast<Record*>(memory_ + PoolLayout::records_at())[index];
}

Chunk& Segment::chunk(std::uint32_t number) const noexcept {
  return reinterpret_cast<Chunk*>(memory_ + kLayout.chunks_at())[number - 1];
}

bool Segment::has_room(std::uint32_t more_chunks) noexcept {
  if (records_ == kLayout.records || chunks_ + more_chunks > kLayout.chunks) return false;
  if (records_ == backed_records_) {
    const std::size_t at = PoolLayout::records_at() + backed_records_ * kRecordSize;
    if (!file_->allocate(at, kStep * kRecordSize)) return false;
    backed_records_ += kStep;
  }
  while (chunks_ + more_chunks > backed_chunks_) {
    const std::size_t at = kLayout.chunks_at() + backed_chunks_ * kChunkSize;
    if (!file_->allocate(at, kStep * kChunkSize)) return false;
    backed_chunks_ += kStep;
  }
  return true;
}

// The state word last: a kill before it leaves a free record.
bool Segment::put(const Record& record, RecordPool& pool) noexcept {
  const std::uint32_t chunks = chunks_of(record);
  if (is_sealed() || !has_room(chunks)) return false;
  copy(record, chunks, pool);
  header().used_chunks.store(chunks_, std::memory_order_release);
  this->record(records_).state.store(state_word(0, RecordState::ended), std::memory_order_release);
  header().used_records.store(++records_, std::memory_order_release);
  return true;
}

void Segment::copy(const Record& record, std::uint32_t chunks, RecordPool& pool) noexcept {
  Record& copy = this->record(records_);
  // Not the state, nor who may touch the original now.
  constexpr std::size_t kRest = offsetof(Record, body_size);
  std::memcpy(static_cast<void*>(&copy), &record, offsetof(Record, state));
  std::memcpy(reinterpret_cast<char*>(&copy) + kRest,
              reinterpret_cast<const char*>(&record) + kRest, sizeof(Record) - kRest);
  std::uint32_t* link = &copy.first_chunk;
  std::uint32_t from = record.first_chunk;
  for (std::uint32_t i = 0; i < chunks; ++i) {
    *link = ++chunks_;
    std::memcpy(&chunk(*link), &pool.chunk(from), sizeof(Chunk));
    copy.last_chunk = *link;
    from = pool.chunk(from).next;
    link = &chunk(*link).next;
  }
  *link = 0;
}

void Segment::update_tables(RecordPool& pool) noexcept {
  if (!is_sealed()) pool.copy_tables(header());
}

void Segment::seal() noexcept {
  if (memory_ != nullptr) munmap(memory_, kLayout.total());
  memory_ = nullptr;
  file_.reset();
}

std::size_t Segment::bytes() const noexcept {
  return PoolLayout::records_at() + backed_records_ * kRecordSize + backed_chunks_ * kChunkSize;
}

// By the lock's descriptor while there is one: it reads a file that has no name any more, too.
std::uint64_t Segment::owed() const noexcept {
  const bool is_locked = lock_slot_ != kMost;
  const int file =
      is_locked ? locks[lock_slot_].load() - 1 : open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < records_; ++i) {
    std::uint32_t word = 0;
    const std::size_t at = PoolLayout::records_at() + i * kRecordSize + offsetof(Record, state);
    if (pread(file, &word, sizeof word, static_cast<off_t>(at)) != sizeof word) break;
    count += state_of(word) == RecordState::ended ? 1U : 0U;
  }
  if (!is_locked) close(file);
  return count;
}

bool Segment::is_gone() const noexcept { return access(path_.c_str(), F_OK) != 0; }

bool Segment::keep_lock(int file) noexcept {
  for (lock_slot_ = 0; lock_slot_ < kMost; ++lock_slot_) {
    int none = 0;
    if (locks[lock_slot_].compare_exchange_strong(none, file + 1)) return true;
  }
  close(file);
  return false;
}

bool Segment::lock() noexcept {
  if (lock_slot_ != kMost) return true;
  const int file = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  if (flock(file, LOCK_EX | LOCK_NB) == 0 && is_same_file(file, path_.c_str())) {
    return keep_lock(file);
  }
  close(file);
  return false;
}

void Segment::unlock() noexcept {
  if (lock_slot_ == kMost) return;
  const int file = locks[lock_slot_].exchange(0);
  if (file != 0) close(file - 1);
  lock_slot_ = kMost;
}

void Segment::remove() noexcept {
  unlink(path_.c_str());
  is_removed_ = true;
}

// A lock is held as long as any process has its descriptor: the parent's death would go unnoticed.
void Segment::leave_to_parent() noexcept {
  for (std::atomic<int>& lock : locks) {
    const int file = lock.exchange(0);
    if (file != 0) close(file - 1);
  }
}

}  // namespace weft::inline v0::detail
