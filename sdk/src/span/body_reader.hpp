// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "codec/field_reader.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// A record's committed body as one piece of memory: where it lies when it fits the record, else a
/// copy of its pieces.
class WEFT_API BodyText {
 public:
  BodyText(const RecordPool& pool, const Record& record);
  std::string_view view() const noexcept { return view_; }

 private:
  std::string gathered_;
  std::string_view view_;
};

/// Calls `f(std::string_view)` for every contiguous piece of the committed body, in order.
template <class F>
void for_each_piece(const RecordPool& pool, const Record& record, F&& f) {
  std::size_t left = record.body_size.load(std::memory_order_acquire);
  const std::size_t in_record = left < kInlineBody ? left : kInlineBody;
  f(std::string_view(record.body, in_record));
  left -= in_record;
  for (std::uint32_t number = record.first_chunk; left > 0 && number != 0;
       number = pool.chunk(number).next) {
    const std::size_t in_chunk = left < kChunkPayload ? left : kChunkPayload;
    f(std::string_view(pool.chunk(number).payload, in_chunk));
    left -= in_chunk;
  }
}

/// The newest live field with that tag; none when there is none.
std::optional<codec::Field> find_field(std::string_view body, std::uint32_t field_tag) noexcept;

/// Where the newest live field with that tag lies in a record's body; false when there is none.
bool find_tag(const RecordPool& pool, const Record& record, std::uint32_t field_tag,
              std::uint32_t& offset, std::uint32_t& size) noexcept;
/// The same for the attribute `key` of a body that goes on in chunks.
bool find_in_chunks(const RecordPool& pool, const Record& record, std::string_view key,
                    std::uint32_t& offset, std::uint32_t& size) noexcept;
/// Copies the body without what was replaced, and returns the end. Needs no memory.
char* copy_live_fields(const RecordPool& pool, const Record& record, char* out) noexcept;
/// The size of the field at `offset`.
std::uint32_t field_size(const RecordPool& pool, const Record& record,
                         std::uint32_t offset) noexcept;

}  // namespace weft::inline v0::detail
