// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

inline constexpr std::uint32_t kPoolVersion = 1;
/// Indexes and offsets into a body have 32 bits.
inline constexpr std::size_t kMaximumRecords = std::size_t{1} << 28U;
inline constexpr std::size_t kMaximumBytes = (std::size_t{1} << 32U) - kRecordSize;
inline constexpr std::uint16_t kMaximumScopes = 1024;
inline constexpr std::uint16_t kMaximumResources = 16;
inline constexpr std::uint32_t kArenaSize = 256U << 10U;

/// Finished protobuf fields by index; the bytes are in the header's arena.
struct RecordPool::Table {
  struct Entry {
    std::uint32_t offset;
    std::uint32_t size;
  };
  std::uint32_t count;
  std::uint32_t capacity;
  Entry entries[kMaximumScopes];
};

/// What the mapping begins with; the records follow, then the chunks.
struct RecordPool::Header {
  char magic[8];  // "WEFTPOOL"
  std::uint32_t version;
  std::uint32_t record_size;
  std::uint32_t record_capacity;
  std::uint32_t chunk_size;
  std::uint32_t chunk_capacity;
  std::uint32_t arena_used;
  Table scopes;
  Table resources;
  char arena[kArenaSize];
};

}  // namespace weft::inline v0::detail
