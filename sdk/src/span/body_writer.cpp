// SPDX-License-Identifier: Apache-2.0
#include "span/body_writer.hpp"

namespace weft::inline v0::detail {

BodyWriter::BodyWriter(RecordPool& pool, Record& record) noexcept
    : ByteWriter(record.body, record.body + record.body_size.load(std::memory_order_relaxed),
                 record.body + kInlineBody, 0),
      pool_(pool),
      record_(record),
      chunk_(record.last_chunk) {
  if (chunk_ == 0) [[likely]]
    return;
  constexpr auto kInRecord = static_cast<std::uint32_t>(kInlineBody);
  constexpr auto kInChunk = static_cast<std::uint32_t>(kChunkPayload);
  const std::uint32_t in_chunks = record.body_size.load(std::memory_order_relaxed) - kInRecord;
  // A full chunk stays the current one until the next byte.
  const std::uint32_t before = (in_chunks - 1) / kInChunk * kInChunk;
  enter_chunk(chunk_, kInRecord + before, in_chunks - before);
}

void BodyWriter::enter_chunk(std::uint32_t number, std::uint32_t first_offset,
                             std::uint32_t used) noexcept {
  Chunk& chunk = pool_.chunk(number);
  chunk_ = number;
  set_area(chunk.payload, chunk.payload + used, chunk.payload + kChunkPayload, first_offset);
}

bool BodyWriter::next_area() noexcept {
  std::uint32_t& link = chunk_ == 0 ? record_.first_chunk : pool_.chunk(chunk_).next;
  if (link == 0) link = pool_.acquire_chunk();  // else one that an abandoned write had taken
  if (link == 0) return false;
  enter_chunk(link, offset(), 0);
  return true;
}

char* BodyWriter::at(std::uint32_t offset) noexcept {
  if (offset >= area_offset()) return area_begin() + (offset - area_offset());
  return body_address(pool_, record_, offset);
}

char* body_address(const RecordPool& pool, const Record& record, std::uint32_t offset) noexcept {
  if (offset < kInlineBody) return const_cast<char*>(record.body) + offset;
  offset -= static_cast<std::uint32_t>(kInlineBody);
  std::uint32_t number = record.first_chunk;
  for (; offset >= kChunkPayload; offset -= static_cast<std::uint32_t>(kChunkPayload)) {
    number = pool.chunk(number).next;
  }
  return pool.chunk(number).payload + offset;
}

}  // namespace weft::inline v0::detail
