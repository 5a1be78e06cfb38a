// SPDX-License-Identifier: Apache-2.0
#include "processor/overflow.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>

#include "span/dead_file.hpp"

namespace weft::inline v0::detail {

namespace {

// One segment: 4 MiB of records, and as much again for bodies that outgrew them.
constexpr PoolLayout kSegment{4096, 2048};
constexpr std::uint32_t kStep = 512;  // records, and chunks, that get disk space at once

}  // namespace

/// The segment at the end, mapped.
struct Overflow::Writing {
  std::unique_ptr<SpoolFile> file;
  char* memory = nullptr;
  std::uint32_t records = 0;
  std::uint32_t chunks = 0;
  std::uint32_t backed_records = 0;
  std::uint32_t backed_chunks = 0;

  ~Writing() {
    if (memory != nullptr) munmap(memory, kSegment.total());
  }
  PoolHeader& header() const noexcept { return *reinterpret_cast<PoolHeader*>(memory); }
  Record& record(std::uint32_t index) const noexcept {
    return reinterpret_cast<Record*>(memory + PoolLayout::records_at())[index];
  }
  Chunk& chunk(std::uint32_t number) const noexcept {
    return reinterpret_cast<Chunk*>(memory + kSegment.chunks_at())[number - 1];
  }
  bool has_room(std::uint32_t more_chunks) noexcept {
    if (records == kSegment.records || chunks + more_chunks > kSegment.chunks) return false;
    if (records == backed_records) {
      const std::size_t at = PoolLayout::records_at() + backed_records * kRecordSize;
      if (!file->allocate(at, kStep * kRecordSize)) return false;
      backed_records += kStep;
    }
    while (chunks + more_chunks > backed_chunks) {
      if (!file->allocate(kSegment.chunks_at() + backed_chunks * kChunkSize, kStep * kChunkSize)) {
        return false;
      }
      backed_chunks += kStep;
    }
    return true;
  }
  std::size_t bytes() const noexcept {
    return PoolLayout::records_at() + backed_records * kRecordSize + backed_chunks * kChunkSize;
  }
};

Overflow::Overflow(std::filesystem::path folder, RecordPool& pool, OverflowLimits limits)
    : folder_(std::move(folder)), pool_(pool), limits_(limits) {}
Overflow::~Overflow() = default;

bool Overflow::has_segments() noexcept {
  const std::lock_guard lock(mutex_);
  // Those that were sent are gone.
  std::erase_if(segments_, [](const Segment& one) { return access(one.path.c_str(), F_OK) != 0; });
  return !segments_.empty();
}

std::uint64_t Overflow::count() noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t spans = 0;
  try {
    for (const Segment& segment : segments_) {
      std::unique_ptr<DeadFile> file;
      std::string why;
      if (DeadFile::claim(segment.path, true, file, why) == Claim::claimed) {
        spans += file->spans().size();
      }
    }
  } catch (const std::exception&) {
    // No memory to look.
  }
  return spans;
}

void Overflow::close_segment() noexcept {
  const std::lock_guard lock(mutex_);
  writing_.reset();
}

bool Overflow::open_segment() {
  std::string why;
  auto writing = std::make_unique<Writing>();
  writing->file = SpoolFile::create(folder_, why);
  if (writing->file == nullptr) return false;
  void* memory = mmap(nullptr, kSegment.total(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  writing->memory = static_cast<char*>(memory);
  if (!writing->file->map_over(writing->memory, kSegment.total(), PoolLayout::records_at())) {
    return false;
  }
  pool_.copy_header(writing->header(), kSegment);
  segments_.push_back({writing->file->path(), std::chrono::steady_clock::now(), 0});
  if (!writing->file->publish()) {
    segments_.pop_back();
    return false;
  }
  writing_ = std::move(writing);
  return true;
}

// The state word last: a kill before it leaves a free record.
bool Overflow::put(const Record& record) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_acquire);
  const std::uint32_t needed =
      size <= kInlineBody
          ? 0
          : static_cast<std::uint32_t>((size - kInlineBody + kChunkPayload - 1) / kChunkPayload);
  if (!writing_->has_room(needed)) return false;
  Record& copy = writing_->record(writing_->records);
  std::memcpy(static_cast<void*>(&copy), &record, offsetof(Record, state));
  std::memcpy(reinterpret_cast<char*>(&copy) + offsetof(Record, parent_span_id),
              reinterpret_cast<const char*>(&record) + offsetof(Record, parent_span_id),
              sizeof(Record) - offsetof(Record, parent_span_id));
  std::uint32_t* link = &copy.first_chunk;
  std::uint32_t from = record.first_chunk;
  for (std::uint32_t i = 0; i < needed; ++i) {
    *link = ++writing_->chunks;
    std::memcpy(&writing_->chunk(*link), &pool_.chunk(from), sizeof(Chunk));
    copy.last_chunk = *link;
    from = pool_.chunk(from).next;
    link = &writing_->chunk(*link).next;
  }
  *link = 0;
  PoolHeader& header = writing_->header();
  header.used_chunks.store(writing_->chunks, std::memory_order_release);
  copy.state.store(state_word(0, RecordState::ended), std::memory_order_release);
  header.used_records.store(++writing_->records, std::memory_order_release);
  segments_.back().bytes = writing_->bytes();
  return true;
}

std::size_t Overflow::append(std::span<Record* const> records, std::uint64_t& forgotten) noexcept {
  const std::lock_guard lock(mutex_);
  forgotten = 0;
  std::size_t done = 0;
  try {
    if (writing_ != nullptr) pool_.copy_tables(writing_->header());
    for (; done < records.size(); ++done) {
      if (writing_ != nullptr && put(*records[done])) continue;
      writing_.reset();
      if (!make_room(forgotten) || !open_segment() || !put(*records[done])) break;
    }
  } catch (const std::exception&) {
    // No memory for a name.
  }
  return done;
}

// False: there is none, and the oldest cannot go.
bool Overflow::make_room(std::uint64_t& forgotten) noexcept {
  const auto now = std::chrono::steady_clock::now();
  const auto is_too_much = [this] {
    std::size_t bytes = kSegment.total();  // of the one to come
    for (const Segment& segment : segments_) bytes += segment.bytes;
    return bytes > limits_.bytes;
  };
  while (!segments_.empty() && (is_too_much() || now - segments_.front().begun > limits_.age)) {
    if (!forget_oldest(forgotten)) return !is_too_much();
  }
  return true;
}

// False: it is being sent just now.
bool Overflow::forget_oldest(std::uint64_t& forgotten) noexcept {
  try {
    const std::filesystem::path& path = segments_.front().path;
    std::unique_ptr<DeadFile> file;
    std::string why;
    const Claim claim = DeadFile::claim(path, true, file, why);
    if (claim != Claim::claimed && claim != Claim::gone) return false;
    if (file != nullptr) {
      forgotten += file->spans().size();
      file->remove();
    }
    segments_.pop_front();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace weft::inline v0::detail
