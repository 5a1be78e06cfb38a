// SPDX-License-Identifier: Apache-2.0
// The pool in a file: its disk space, what is left of it at the end, and in a forked child.
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "platform/error_reporter.hpp"
#include "platform/process_stamp.hpp"
#include "span/pool_mapping.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

namespace {

// Disk space is taken in such steps, so that the call is rare.
constexpr std::uint32_t kRecordStep = (1U << 20U) / kRecordSize;
constexpr std::uint32_t kChunkStep = (512U << 10U) / kChunkSize;

void replace_by_memory(char* memory, std::size_t size) noexcept {
  mmap(memory, size, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

}  // namespace

// The range is retired or new, so nothing in it is needed; whoever still looks at a state word sees
// the old one or zero.
bool RecordPool::take_file(std::unique_ptr<SpoolFile> file) noexcept {
  auto* memory = reinterpret_cast<char*>(header_);
  if (!file->map_over(memory, layout().total(), PoolLayout::records_at())) {
    disk_error_.store(errno, std::memory_order_relaxed);
    report_disk();
    return false;
  }
  used_records_.store(0, std::memory_order_relaxed);
  reset();
  PoolHeader& header = *header_;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  header.created = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
                   static_cast<std::uint64_t>(now.tv_nsec);
  header.process_id = static_cast<std::uint64_t>(getpid());
  header.process_start = process_start();
  read_boot_id(header.boot_id);
  file_ = std::move(file);
  backed_records_ = backed_chunks_ = 0;
  records_on_disk_ = record_capacity_;
  {
    const std::lock_guard lock(mutex_);
    back_records(1);
  }
  if (!file_->publish()) disk_error_.store(errno, std::memory_order_relaxed);
  if (disk_error_.load(std::memory_order_relaxed) != 0) report_disk();
  return true;
}

void RecordPool::back_records(std::uint32_t count) noexcept {
  const std::uint32_t first = backed_records_;
  const std::uint32_t last =
      std::min(record_capacity_, (count + kRecordStep - 1) / kRecordStep * kRecordStep);
  const std::size_t begin = PoolLayout::records_at() + first * kRecordSize;
  if (!back(begin, PoolLayout::whole_pages((last - first) * kRecordSize))) {
    records_on_disk_ = std::min(records_on_disk_, first);
  }
  backed_records_ = last;
}

void RecordPool::back_chunks(std::uint32_t count) noexcept {
  const std::uint32_t last =
      std::min(chunk_capacity_, (count + kChunkStep - 1) / kChunkStep * kChunkStep);
  back(layout().chunks_at() + backed_chunks_ * kChunkSize,
       PoolLayout::whole_pages((last - backed_chunks_) * kChunkSize));
  backed_chunks_ = last;
}

// No space on the disk: memory takes its place, so that spans are recorded and sent as without a
// spool.
bool RecordPool::back(std::size_t offset, std::size_t size) noexcept {
  if (file_->allocate(offset, size)) return true;
  disk_error_.store(errno, std::memory_order_relaxed);
  replace_by_memory(reinterpret_cast<char*>(header_) + offset, size);
  return false;
}

// Outside every lock: a user's handler is called.
void RecordPool::report_disk() noexcept {
  const int error = disk_error_.exchange(0, std::memory_order_relaxed);
  if (error == 0) return;
  try {
    error_reporter().report(
        ErrorCode::resource_exhausted,
        "spool_dir: the file has no room for more spans (" +
            std::generic_category().message(error) +
            "); they are recorded in memory, where a killed process loses them. Fix: free disk "
            "space");
  } catch (const std::bad_alloc&) {
    // Then nobody hears of it; the spans are recorded all the same.
  }
}

void RecordPool::copy_header(PoolHeader& copy, const PoolLayout& layout) noexcept {
  std::memcpy(static_cast<void*>(&copy), header_, offsetof(PoolHeader, used_records));
  copy.record_capacity = static_cast<std::uint32_t>(layout.records);
  copy.chunk_capacity = static_cast<std::uint32_t>(layout.chunks);
  copy_tables(copy);
}

// They only grow: what is there already is the same.
void RecordPool::copy_tables(PoolHeader& copy) noexcept {
  const std::lock_guard lock(mutex_);
  std::memcpy(copy.arena + copy.arena_used, header_->arena + copy.arena_used,
              header_->arena_used - copy.arena_used);
  copy.arena_used = header_->arena_used;
  const auto copy_table = [](PoolTable& to, const PoolTable& from) {
    const std::uint32_t count = from.count.load(std::memory_order_relaxed);
    std::memcpy(to.entries, from.entries, count * sizeof(PoolTable::Entry));
    to.capacity = from.capacity;
    to.count.store(count, std::memory_order_release);
  };
  copy_table(copy.scopes, header_->scopes);
  copy_table(copy.resources, header_->resources);
}

PoolRemains RecordPool::close_file(bool is_read) noexcept {
  const std::lock_guard lock(mutex_);
  PoolRemains remains;
  if (file_ == nullptr) return remains;
  const std::uint32_t used = used_records_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < used; ++i) {
    const RecordState state = state_of(records_[i].state.load(std::memory_order_relaxed));
    if (state != RecordState::open && state != RecordState::ended) continue;
    if ((records_[i].flags.load(std::memory_order_relaxed) & kRecordOnly) != 0) {
      remains.record_only += state == RecordState::open ? 1U : 0U;
      continue;
    }
    ++(i < records_on_disk_ ? remains.kept : remains.lost);
  }
  if (remains.kept == 0) file_->remove();
  // The file's space is given back with the mapping; what the process itself still reads stays.
  if (!is_read) {
    replace_by_memory(reinterpret_cast<char*>(header_), layout().total());
    used_records_.store(0, std::memory_order_relaxed);
    free_records_ = free_chunks_ = used_chunks_ = 0;
    held_chunks_.store(0, std::memory_order_relaxed);
    write_header();
  }
  file_.reset();
  return remains;
}

void RecordPool::leave_to_parent() noexcept {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  abandon();
  RecordPool* const pool = current();
  if (pool == nullptr || pool->file_ == nullptr) return;
  pool->file_->leave_to_parent(reinterpret_cast<char*>(pool->header_), pool->layout().total());
  // The name is the parent's: nothing here may remove it.
  [[maybe_unused]] SpoolFile* const left = pool->file_.release();
}

RecordPool* RecordPool::adopt(char* memory, const PoolLayout& layout,
                              std::size_t free_chunks) noexcept {
  if (has_adopted_.exchange(true, std::memory_order_acq_rel)) return nullptr;
  RecordPool* pool = adopted_.load(std::memory_order_acquire);
  if (pool == nullptr) {
    pool = new (std::nothrow) RecordPool;
    if (pool == nullptr) {
      has_adopted_.store(false, std::memory_order_release);
      return nullptr;
    }
    adopted_.store(pool, std::memory_order_release);
  }
  pool->place(memory, layout);
  pool->used_chunks_ = static_cast<std::uint32_t>(layout.chunks - free_chunks);
  pool->free_chunks_ = 0;
  pool->held_chunks_.store(pool->used_chunks_, std::memory_order_relaxed);
  constexpr auto kAll = SpanLimits::kUnlimited;
  SpanLimits none;
  none.attribute_count = none.event_count = none.link_count = kAll;
  none.event_attribute_count = none.link_attribute_count = kAll;
  pool->set_span_limits(none);
  return pool;
}

void RecordPool::disown() noexcept { has_adopted_.store(false, std::memory_order_release); }

void RecordPool::forget_adopted_in_child() noexcept {
  adopted_.store(nullptr, std::memory_order_release);  // never freed: it may be half-way
  has_adopted_.store(false, std::memory_order_release);
}

}  // namespace weft::inline v0::detail
