// SPDX-License-Identifier: Apache-2.0
#include "span/span_encoder.hpp"

#include <cstring>

#include <weft/span_context.hpp>

#include "codec/wire.hpp"
#include "span/body_reader.hpp"

namespace weft::inline v0::detail {

namespace {

namespace field = codec::span_field;

constexpr std::size_t kIdsSize = 2 + 16 + 2 + 8;
constexpr std::size_t kParentSize = 2 + 8;
constexpr std::size_t kTimesSize = 2 * (1 + 8);
constexpr std::size_t kKindSize = 2;
constexpr std::size_t kFlagsSize = 2 + 4;

bool has_parent(const Record& record) noexcept {
  std::uint64_t id = 0;
  std::memcpy(&id, record.parent_span_id, sizeof id);
  return id != 0;
}

std::size_t count_size(std::uint32_t count) noexcept {
  return count == 0 ? 0 : 1 + codec::varint_size(count);
}

// Looked at together: nearly always all are zero.
bool has_dropped(const Record& record) noexcept {
  return (record.dropped_attributes | record.dropped_events | record.dropped_links) != 0;
}
std::size_t dropped_size(const Record& record) noexcept {
  if (!has_dropped(record)) [[likely]]
    return 0;
  return count_size(record.dropped_attributes) + count_size(record.dropped_events) +
         count_size(record.dropped_links);
}

char* write_count(char* out, std::uint32_t tag, std::uint32_t count) noexcept {
  if (count == 0) return out;
  *out++ = static_cast<char>(tag);
  return codec::write_varint(out, count);
}

char* write_id(char* out, std::uint32_t tag, const std::uint8_t* id, std::size_t size) noexcept {
  *out++ = static_cast<char>(tag);
  *out++ = static_cast<char>(size);
  return codec::write_bytes(out, id, size);
}

char* write_time(char* out, std::uint32_t tag, std::uint64_t time) noexcept {
  *out++ = static_cast<char>(tag);
  return codec::write_fixed64(out, time);
}

std::uint32_t flags_of(const Record& record) noexcept {
  const bool remote = (record.flags.load(std::memory_order_relaxed) & kRemoteParent) != 0;
  return (record.trace_flags & TraceFlags::kOnTheWire) | codec::kHasIsRemote |
         (remote ? codec::kIsRemote : 0U);
}

char* write_head(const Record& record, char* out) noexcept {
  out = write_id(out, field::trace_id, record.trace_id, sizeof record.trace_id);
  out = write_id(out, field::span_id, record.span_id, sizeof record.span_id);
  if (has_parent(record)) {
    out = write_id(out, field::parent_span_id, record.parent_span_id, sizeof record.parent_span_id);
  }
  *out++ = static_cast<char>(field::kind);
  *out++ = static_cast<char>(record.kind);
  out = write_time(out, field::start_time, record.start_time);
  out = write_time(out, field::end_time, record.end_time);
  if (has_dropped(record)) [[unlikely]] {
    out = write_count(out, field::dropped_attributes, record.dropped_attributes);
    out = write_count(out, field::dropped_events, record.dropped_events);
    out = write_count(out, field::dropped_links, record.dropped_links);
  }
  out = codec::write_varint(out, field::flags);
  return codec::write_fixed32(out, flags_of(record));
}

}  // namespace

std::size_t encoded_span_size(const Record& record) noexcept {
  return kIdsSize + (has_parent(record) ? kParentSize : 0) + kKindSize + kTimesSize +
         dropped_size(record) + kFlagsSize +
         (record.body_size.load(std::memory_order_relaxed) - record.dead_bytes);
}

char* encode_span(const Record& record, char* out) noexcept {
  out = write_head(record, out);
  const std::size_t size = record.body_size.load(std::memory_order_acquire);
  if (record.dead_bytes == 0 && size <= kInlineBody) [[likely]] {
    return codec::write_bytes(out, record.body, size);
  }
  const RecordPool& pool = RecordPool::of(record);
  if (record.dead_bytes == 0) {
    for_each_piece(pool, record, [&](std::string_view piece) {
      out = codec::write_bytes(out, piece.data(), piece.size());
    });
    return out;
  }
  return copy_live_fields(pool, record, out);
}

}  // namespace weft::inline v0::detail
