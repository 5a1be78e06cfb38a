// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec/byte_writer.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// Appends finished fields to a record's body, in the record and then in its chunks. `commit` makes
/// them count, with one release store: a kill before it leaves the body as it was.
class BodyWriter final : public codec::ByteWriter {
 public:
  BodyWriter(RecordPool& pool, Record& record) noexcept;
  void commit() noexcept {
    record_.last_chunk = chunk_;
    record_.body_size.store(offset(), std::memory_order_release);
  }

 private:
  bool next_area() noexcept override;
  char* at(std::uint32_t offset) noexcept override;
  void enter_chunk(std::uint32_t number, std::uint32_t first_offset, std::uint32_t used) noexcept;

  RecordPool& pool_;
  Record& record_;
  std::uint32_t chunk_;  // index + 1 of the current area's chunk; 0: the record itself
};

/// How many bytes from `offset` on lie in one piece of memory.
constexpr std::size_t contiguous_bytes(std::size_t offset) noexcept {
  if (offset < kInlineBody) return kInlineBody - offset;
  return kChunkPayload - (offset - kInlineBody) % kChunkPayload;
}

/// The address of a byte of a record's body.
char* body_address(const RecordPool& pool, const Record& record, std::uint32_t offset) noexcept;

}  // namespace weft::inline v0::detail
