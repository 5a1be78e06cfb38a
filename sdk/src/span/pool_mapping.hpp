// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "platform/process_stamp.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

inline constexpr std::uint32_t kPoolVersion = 3;
/// Read back as another number by a machine of the other byte order.
inline constexpr std::uint32_t kPoolByteOrder = 0x01020304;
inline constexpr char kPoolMagic[] = {'W', 'E', 'F', 'T', 'P', 'O', 'O', 'L'};
/// Indexes and offsets into a body have 32 bits.
inline constexpr std::size_t kMaximumRecords = std::size_t{1} << 28U;
inline constexpr std::size_t kMaximumBytes = (std::size_t{1} << 32U) - kRecordSize;
inline constexpr std::uint16_t kMaximumScopes = 1024;
inline constexpr std::uint16_t kMaximumResources = 16;
inline constexpr std::uint32_t kArenaSize = 256U << 10U;

/// Finished protobuf fields by index; the bytes are in the header's arena.
struct PoolTable {
  struct Entry {
    std::uint32_t offset;
    std::uint32_t size;
  };
  std::atomic<std::uint32_t> count;  // a release store makes an entry count
  std::uint32_t capacity;
  Entry entries[kMaximumScopes];
};

/// What the mapping begins with; the records follow, then the chunks. In a spool file, read by
/// later processes.
struct PoolHeader {
  char magic[8];  // "WEFTPOOL"
  std::uint32_t version;
  std::uint32_t byte_order;
  std::uint32_t header_size;
  std::uint32_t record_size;
  std::uint32_t record_capacity;
  std::uint32_t chunk_size;
  std::uint32_t chunk_capacity;
  std::uint32_t epoch;
  std::uint64_t created;                    // Unix nanoseconds
  std::uint64_t process_id;                 // in its own namespace
  std::uint64_t process_start;              // clock ticks since boot
  char boot_id[kBootIdSize];                // text, zero-terminated
  std::atomic<std::uint32_t> used_records;  // ever leased
  std::atomic<std::uint32_t> used_chunks;
  std::uint32_t arena_used;
  std::uint32_t reserved;
  PoolTable scopes;
  PoolTable resources;
  char arena[kArenaSize];
};

/// Where the parts of a mapping lie.
struct PoolLayout {
  std::size_t records;
  std::size_t chunks;

  static constexpr std::size_t whole_pages(std::size_t size) noexcept {
    constexpr std::size_t kPage = 4096;
    return (size + kPage - 1) / kPage * kPage;
  }
  static constexpr std::size_t records_at() noexcept { return whole_pages(sizeof(PoolHeader)); }
  constexpr std::size_t chunks_at() const noexcept {
    return records_at() + whole_pages(records * kRecordSize);
  }
  constexpr std::size_t total() const noexcept {
    return chunks_at() + whole_pages(chunks * kChunkSize);
  }
};

}  // namespace weft::inline v0::detail
