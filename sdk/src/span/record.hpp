// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

// The record of one span: docs/record-layout.md draws it. Readable from its bytes alone, so that a
// later process can read what a killed one left: no pointers, chunks and tables by index, times in
// Unix nanoseconds, and a state word that is the log.

namespace weft::inline v0::detail {

inline constexpr std::size_t kRecordSize = 1024;
inline constexpr std::size_t kChunkSize = 2048;
inline constexpr std::size_t kInlineBody = kRecordSize - 160;
inline constexpr std::size_t kChunkPayload = kChunkSize - 8;

/// The low two bits of the state word; the rest is the generation, which a new span raises.
enum class RecordState : std::uint32_t { free = 0, open = 1, ended = 2, exported = 3 };

constexpr std::uint32_t state_word(std::uint32_t generation, RecordState state) noexcept {
  return generation << 2U | static_cast<std::uint32_t>(state);
}
constexpr RecordState state_of(std::uint32_t word) noexcept {
  return static_cast<RecordState>(word & 3U);
}
constexpr std::uint32_t generation_of(std::uint32_t word) noexcept { return word >> 2U; }

enum RecordFlag : std::uint8_t {
  kRemoteParent = 1,  // the parent came from another process
  kRecordOnly = 2,    // for processors, not for exporters
  kIncomplete = 4,    // an attribute, event or link was dropped: its end tells, once
  kStatusSet = 8,     // by the user
};

/// `Record::foreign`: whether the owner may still go without the lock. With the generation, so that
/// what concerned an earlier span of the record means nothing to the next.
enum class Foreign : std::uint32_t { none = 0, raised = 1, seen = 2 };
constexpr std::uint32_t foreign_word(std::uint32_t generation, Foreign value) noexcept {
  return generation << 2U | static_cast<std::uint32_t>(value);
}

/// `Record::name_offset` of a span whose name found no room.
inline constexpr std::uint32_t kNoName = 0xFFFFFFFF;

/// More room for a body that outgrew its record; linked by index + 1, 0 ends the chain.
struct Chunk {
  std::uint32_t next;
  std::uint32_t reserved;
  char payload[kChunkPayload];
};
static_assert(sizeof(Chunk) == kChunkSize);

struct Record {
  // The 28 bytes of OTEP 4947, so that a profiler can read the open span where it lies.
  std::uint8_t trace_id[16];
  std::uint8_t span_id[8];
  std::uint8_t valid;
  std::uint8_t trace_flags;
  std::uint16_t attributes_size;

  std::atomic<std::uint32_t> state;  // 28

  // Who may touch it now (span/touch.hpp); means nothing to another process. In the first line with
  // `state` and the sizes, so that to lease, touch and free a record is to look at one line.
  std::atomic<std::uint32_t> owner;    // 32: number of the thread that leased it
  std::atomic<std::uint32_t> foreign;  // 36: another thread has been here: use the lock
  std::uint32_t next;                  // 40: free and return lists, index + 1
  std::atomic<std::uint8_t> lock;      // 44
  std::uint8_t reserved_[3];           // 45

  std::atomic<std::uint32_t> body_size;  // 48: committed bytes, in the record and its chunks
  std::uint32_t first_chunk;             // 52: index + 1
  std::uint32_t last_chunk;              // 56: index + 1 of the chunk that holds byte body_size
  std::uint32_t dead_bytes;              // 60: of fields that were replaced (tag kDeadTag)

  std::uint8_t parent_span_id[8];    // 64: zero for a root
  std::uint64_t start_time;          // 72: Unix nanoseconds
  std::uint16_t scope;               // 80: index into the scope table
  std::uint16_t resource;            // 82: index into the resource table
  std::uint8_t kind;                 // 84
  std::uint8_t status_code;          // 85
  std::atomic<std::uint8_t> flags;   // 86
  std::uint8_t reserved2_;           // 87
  std::uint64_t end_time;            // 88: 0 while open
  std::uint16_t attribute_count;     // 96
  std::uint16_t event_count;         // 98
  std::uint16_t link_count;          // 100
  std::uint16_t local_root;          // 102: span/local_root.hpp; of this process alone
  std::uint32_t dropped_attributes;  // 104
  std::uint32_t dropped_events;      // 108
  std::uint32_t dropped_links;       // 112
  std::uint32_t name_offset;         // 116: of the name's field in the body
  std::uint64_t key_filter[4];       // 120: which keys may be present, one bit of hash each
  std::uint64_t reserved3_;          // 152

  char body[kInlineBody];  // 160: finished OTLP Span fields: name, trace_state, attributes, …
};
static_assert(sizeof(Record) == kRecordSize);

/// One of the head's counts of what was dropped. For who may touch the record.
inline void count_dropped(Record& record, std::uint32_t Record::* counter,
                          std::uint32_t count = 1) noexcept {
  if (count == 0) return;
  record.*counter += count;
  record.flags.fetch_or(kIncomplete, std::memory_order_relaxed);
}

static_assert(offsetof(Record, state) == 28 && offsetof(Record, body) == 160);

}  // namespace weft::inline v0::detail
