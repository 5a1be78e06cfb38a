// SPDX-License-Identifier: Apache-2.0
#include "span/pool_mapping.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

RecordPool::RecordPool() noexcept = default;
RecordPool::~RecordPool() = default;

// Address space only: the kernel gives memory at the first touch, and records are used again before
// new ones are touched. Never unmapped, since a stale handle may look at a state word at any time.
RecordPool* RecordPool::map(const PoolLimits& limits) noexcept {
  if (limits.records > kMaximumRecords) return nullptr;
  const PoolLayout layout{limits.records, std::max<std::size_t>(limits.bytes / kChunkSize, 1)};
  void* memory = mmap(nullptr, layout.total(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* pool = new (std::nothrow) RecordPool;  // for the life of the process, as its mapping
  if (pool == nullptr) {
    munmap(memory, layout.total());
    return nullptr;
  }
  pool->place(static_cast<char*>(memory), layout);
  pool->reset();
  return pool;
}

PoolLayout RecordPool::layout() const noexcept { return {record_capacity_, chunk_capacity_}; }

void RecordPool::place(char* memory, const PoolLayout& layout) noexcept {
  header_ = reinterpret_cast<PoolHeader*>(memory);
  records_ = reinterpret_cast<Record*>(memory + PoolLayout::records_at());
  chunks_ = reinterpret_cast<Chunk*>(memory + layout.chunks_at());
  record_capacity_ = static_cast<std::uint32_t>(layout.records);
  chunk_capacity_ = static_cast<std::uint32_t>(layout.chunks);
}

void RecordPool::reset() noexcept {
  const std::lock_guard lock(mutex_);
  const std::uint32_t used = used_records_.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < used; ++i) {
    Record& record = records_[i];
    const std::uint32_t word = record.state.load(std::memory_order_relaxed);
    record.state.store(state_word(generation_of(word) + 1, RecordState::free),
                       std::memory_order_relaxed);
    record.first_chunk = 0;
    record.next = 0;
    record.lock.store(0, std::memory_order_relaxed);  // of a thread that died inside
  }
  used_records_.store(0, std::memory_order_relaxed);
  free_records_ = free_chunks_ = used_chunks_ = 0;
  held_chunks_.store(0, std::memory_order_relaxed);
  write_header();
}

void RecordPool::write_header() noexcept {
  PoolHeader& header = *header_;
  std::memcpy(header.magic, kPoolMagic, sizeof header.magic);
  header.version = kPoolVersion;
  header.byte_order = kPoolByteOrder;
  header.header_size = sizeof(PoolHeader);
  header.record_size = kRecordSize;
  header.record_capacity = record_capacity_;
  header.chunk_size = kChunkSize;
  header.chunk_capacity = chunk_capacity_;
  header.epoch = epoch() + 1;  // what `open` is about to raise it to
  header.used_records.store(0, std::memory_order_relaxed);
  header.used_chunks.store(0, std::memory_order_relaxed);
  header.arena_used = 0;
  // Entry 0 is the empty one, for whatever finds no place.
  header.scopes.entries[0] = header.resources.entries[0] = {0, 0};
  header.scopes.count.store(1, std::memory_order_relaxed);
  header.resources.count.store(1, std::memory_order_relaxed);
  header.scopes.capacity = kMaximumScopes;
  header.resources.capacity = kMaximumResources;
}

std::uint16_t RecordPool::add(PoolTable& table, std::string_view fields) noexcept {
  const std::lock_guard lock(mutex_);
  const std::uint32_t count = table.count.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (entry(table, static_cast<std::uint16_t>(i)) == fields) return static_cast<std::uint16_t>(i);
  }
  if (count == table.capacity || fields.size() > kArenaSize - header_->arena_used) return 0;
  PoolTable::Entry& added = table.entries[count];
  added.offset = header_->arena_used;
  added.size = static_cast<std::uint32_t>(fields.size());
  std::memcpy(header_->arena + added.offset, fields.data(), fields.size());
  header_->arena_used += added.size;
  // Release: an entry that counts is whole, also for who reads the file of a killed process.
  table.count.store(count + 1, std::memory_order_release);
  return static_cast<std::uint16_t>(count);
}

// Read without the lock: an entry never changes, and its index reached us with a record.
std::string_view RecordPool::entry(const PoolTable& table, std::uint16_t index) const noexcept {
  const PoolTable::Entry& found = table.entries[index];
  return {header_->arena + found.offset, found.size};
}

std::string_view RecordPool::scope(std::uint16_t index) const noexcept {
  return entry(header_->scopes, index);
}
std::string_view RecordPool::resource(std::uint16_t index) const noexcept {
  return entry(header_->resources, index);
}
std::uint16_t RecordPool::add_scope(std::string_view fields) noexcept {
  return add(header_->scopes, fields);
}
std::uint16_t RecordPool::add_resource(std::string_view fields) noexcept {
  return add(header_->resources, fields);
}

}  // namespace weft::inline v0::detail
