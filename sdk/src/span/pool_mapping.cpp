// SPDX-License-Identifier: Apache-2.0
#include "span/pool_mapping.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kPage = 4096;

constexpr std::size_t whole_pages(std::size_t size) noexcept {
  return (size + kPage - 1) / kPage * kPage;
}

}  // namespace

// Address space only: the kernel gives memory at the first touch, and records are used again before
// new ones are touched. Never unmapped, since a stale handle may look at a state word at any time.
RecordPool* RecordPool::map(const PoolLimits& limits) noexcept {
  if (limits.records > kMaximumRecords) return nullptr;
  const std::size_t chunks = std::max<std::size_t>(limits.bytes / kChunkSize, 1);
  const std::size_t header_bytes = whole_pages(sizeof(Header));
  const std::size_t record_bytes = whole_pages(limits.records * kRecordSize);
  const std::size_t total = header_bytes + record_bytes + chunks * kChunkSize;
  void* memory = mmap(nullptr, total, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* pool = new (std::nothrow) RecordPool;  // for the life of the process, as its mapping
  if (pool == nullptr) {
    munmap(memory, total);
    return nullptr;
  }
  auto* bytes = static_cast<char*>(memory);
  pool->header_ = reinterpret_cast<Header*>(bytes);
  pool->records_ = reinterpret_cast<Record*>(bytes + header_bytes);
  pool->chunks_ = reinterpret_cast<Chunk*>(bytes + header_bytes + record_bytes);
  pool->record_capacity_ = static_cast<std::uint32_t>(limits.records);
  pool->chunk_capacity_ = static_cast<std::uint32_t>(chunks);
  pool->reset();
  return pool;
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
  Header& header = *header_;
  std::memcpy(header.magic, "WEFTPOOL", sizeof header.magic);
  header.version = kPoolVersion;
  header.record_size = kRecordSize;
  header.record_capacity = record_capacity_;
  header.chunk_size = kChunkSize;
  header.chunk_capacity = chunk_capacity_;
  header.arena_used = 0;
  // Entry 0 is the empty one, for whatever finds no place.
  header.scopes.count = header.resources.count = 1;
  header.scopes.entries[0] = header.resources.entries[0] = {0, 0};
  header.scopes.capacity = kMaximumScopes;
  header.resources.capacity = kMaximumResources;
}

std::uint16_t RecordPool::add(Table& table, std::string_view fields) noexcept {
  const std::lock_guard lock(mutex_);
  for (std::uint32_t i = 0; i < table.count; ++i) {
    if (entry(table, static_cast<std::uint16_t>(i)) == fields) return static_cast<std::uint16_t>(i);
  }
  if (table.count == table.capacity || fields.size() > kArenaSize - header_->arena_used) return 0;
  Table::Entry& added = table.entries[table.count];
  added.offset = header_->arena_used;
  added.size = static_cast<std::uint32_t>(fields.size());
  std::memcpy(header_->arena + added.offset, fields.data(), fields.size());
  header_->arena_used += added.size;
  return static_cast<std::uint16_t>(table.count++);
}

// Read without the lock: an entry never changes, and its index reached us with a record.
std::string_view RecordPool::entry(const Table& table, std::uint16_t index) const noexcept {
  const Table::Entry& found = table.entries[index];
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
