// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <weft/detail/hex_lanes.hpp>
#include <weft/ids.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

// The productions of W3C Trace Context Level 2, 3.2.2, one function each. None allocates.

namespace weft::inline v0::w3c {

/// Characters of a traceparent of version 00.
inline constexpr std::size_t kTraceparentSize = 55;

// Where each field begins.
inline constexpr std::size_t kVersion = 0;
inline constexpr std::size_t kTraceId = 3;
inline constexpr std::size_t kParentId = 36;
inline constexpr std::size_t kFlags = 53;

inline constexpr std::uint8_t kKnownFlags = TraceFlags::kOnTheWire;

struct Traceparent {
  TraceId trace_id;
  SpanId parent_id;
  TraceFlags flags;
  friend bool operator==(const Traceparent&, const Traceparent&) noexcept = default;
};

/// `version = 2HEXDIGLC`, and not `ff`. (3.2.2.1)
std::optional<std::uint8_t> read_version(std::string_view text) noexcept;

/// `trace-flags = 2HEXDIGLC`; the bits we know, the others are dropped. (3.2.2.5)
std::optional<TraceFlags> read_flags(std::string_view text) noexcept;

/// `traceparent = version "-" trace-id "-" parent-id "-" trace-flags`, without white space around
/// it. A version after 00 may go on after another `-`. False, and `out` undefined, for anything
/// else. (3.2.2, and 3.2.4 for versions)
bool read_traceparent(std::string_view text, Traceparent& out) noexcept;

/// The same for a header's value, which may have white space around it. (RFC 9110, 5.5)
bool read_traceparent_header(std::string_view value, Traceparent& out) noexcept;

/// Writes the 55 characters of version 00.
inline void write_traceparent(const SpanContext& span, char* out) noexcept {
  std::memcpy(out, "00-", 3);
  detail::write_hex_of_16(span.trace_id().bytes().data(), out + kTraceId);
  out[kParentId - 1] = '-';
  detail::write_hex_of_8(span.span_id().bytes().data(), out + kParentId);
  std::memcpy(out + kFlags - 1, "-0", 2);
  out[kFlags + 1] = static_cast<char>('0' + (span.trace_flags().bits() & kKnownFlags));
}

}  // namespace weft::inline v0::w3c
