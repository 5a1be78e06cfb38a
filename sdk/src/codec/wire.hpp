// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

// The primitives of protobuf's wire format, and the field numbers of OTLP that we write.

namespace weft::inline v0::codec {

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr std::uint32_t tag(std::uint32_t field, WireType type) noexcept {
  return field << 3U | static_cast<std::uint32_t>(type);
}

constexpr std::size_t varint_size(std::uint64_t value) noexcept {
  // 7 bits a byte; the | 1 makes zero take one byte.
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

inline char* write_varint(char* out, std::uint64_t value) noexcept {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  *out++ = static_cast<char>(value);
  return out;
}

inline char* write_fixed64(char* out, std::uint64_t value) noexcept {
  static_assert(std::endian::native == std::endian::little, "protobuf is little-endian");
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

inline char* write_fixed32(char* out, std::uint32_t value) noexcept {
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

inline char* write_bytes(char* out, const void* data, std::size_t size) noexcept {
  if (size != 0) std::memcpy(out, data, size);
  return out + size;
}

/// A length that is filled in later takes four bytes, the unused ones as redundant varint bytes, so
/// that nothing written behind it has to move. Enough for 256 MiB.
inline constexpr std::size_t kPaddedLength = 4;
inline constexpr std::size_t kMaximumPaddedLength = (1U << 28U) - 1;
inline void write_padded_length(char (&out)[kPaddedLength], std::size_t length) noexcept {
  for (std::size_t i = 0; i + 1 < kPaddedLength; ++i, length >>= 7U) {
    out[i] = static_cast<char>((length & 0x7FU) | 0x80U);
  }
  out[kPaddedLength - 1] = static_cast<char>(length & 0x7FU);
}

/// Values that are nested deeper than this end in an empty one, written or read: the stack is
/// bounded.
inline constexpr std::size_t kMaximumDepth = 64;

// opentelemetry/proto/trace/v1/trace.proto, message Span.
namespace span_field {
inline constexpr std::uint32_t trace_id = tag(1, kBytes);
inline constexpr std::uint32_t span_id = tag(2, kBytes);
inline constexpr std::uint32_t trace_state = tag(3, kBytes);
inline constexpr std::uint32_t parent_span_id = tag(4, kBytes);
inline constexpr std::uint32_t name = tag(5, kBytes);
inline constexpr std::uint32_t kind = tag(6, kVarint);
inline constexpr std::uint32_t start_time = tag(7, kFixed64);
inline constexpr std::uint32_t end_time = tag(8, kFixed64);
inline constexpr std::uint32_t attributes = tag(9, kBytes);
inline constexpr std::uint32_t dropped_attributes = tag(10, kVarint);
inline constexpr std::uint32_t events = tag(11, kBytes);
inline constexpr std::uint32_t dropped_events = tag(12, kVarint);
inline constexpr std::uint32_t links = tag(13, kBytes);
inline constexpr std::uint32_t dropped_links = tag(14, kVarint);
inline constexpr std::uint32_t status = tag(15, kBytes);
inline constexpr std::uint32_t flags = tag(16, kFixed32);
/// Ours, never sent: a field that was replaced. Field number 0 does not exist in protobuf.
inline constexpr std::uint32_t dead = tag(0, kBytes);
}  // namespace span_field

// message Span.Event.
namespace event_field {
inline constexpr std::uint32_t time = tag(1, kFixed64);
inline constexpr std::uint32_t name = tag(2, kBytes);
inline constexpr std::uint32_t attributes = tag(3, kBytes);
inline constexpr std::uint32_t dropped_attributes = tag(4, kVarint);
}  // namespace event_field

// message Span.Link.
namespace link_field {
inline constexpr std::uint32_t trace_id = tag(1, kBytes);
inline constexpr std::uint32_t span_id = tag(2, kBytes);
inline constexpr std::uint32_t trace_state = tag(3, kBytes);
inline constexpr std::uint32_t attributes = tag(4, kBytes);
inline constexpr std::uint32_t dropped_attributes = tag(5, kVarint);
inline constexpr std::uint32_t flags = tag(6, kFixed32);
}  // namespace link_field

// message Status.
namespace status_field {
inline constexpr std::uint32_t message = tag(2, kBytes);
inline constexpr std::uint32_t code = tag(3, kVarint);
}  // namespace status_field

// opentelemetry/proto/common/v1/common.proto: KeyValue, AnyValue, ArrayValue, KeyValueList,
// InstrumentationScope; resource.proto: Resource.
namespace common_field {
inline constexpr std::uint32_t key = tag(1, kBytes);
inline constexpr std::uint32_t value = tag(2, kBytes);
inline constexpr std::uint32_t string_value = tag(1, kBytes);
inline constexpr std::uint32_t bool_value = tag(2, kVarint);
inline constexpr std::uint32_t int_value = tag(3, kVarint);
inline constexpr std::uint32_t double_value = tag(4, kFixed64);
inline constexpr std::uint32_t array_value = tag(5, kBytes);
inline constexpr std::uint32_t kvlist_value = tag(6, kBytes);
inline constexpr std::uint32_t bytes_value = tag(7, kBytes);
inline constexpr std::uint32_t list_values = tag(1, kBytes);
inline constexpr std::uint32_t scope_name = tag(1, kBytes);
inline constexpr std::uint32_t scope_version = tag(2, kBytes);
inline constexpr std::uint32_t scope_attributes = tag(3, kBytes);
inline constexpr std::uint32_t resource_attributes = tag(1, kBytes);
}  // namespace common_field

/// SpanFlags of trace.proto, above the W3C flags.
inline constexpr std::uint32_t kHasIsRemote = 0x100;
inline constexpr std::uint32_t kIsRemote = 0x200;

}  // namespace weft::inline v0::codec
