// SPDX-License-Identifier: Apache-2.0
#include "traceparent.hpp"

#include <cstring>

#include <weft/detail/hex_lanes.hpp>

#include "white_space.hpp"

namespace weft::inline v0::w3c {

namespace {

/// What a lowercase hex digit is worth; 16 for another character.
constexpr unsigned digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return 16;
}

/// `2HEXDIGLC`; 256 and more for another text.
constexpr unsigned read_octet(std::string_view text) noexcept {
  if (text.size() != 2) return 256;
  const unsigned high = digit_value(text[0]);
  const unsigned low = digit_value(text[1]);
  return low < 16 ? high << 4U | low : 256;
}

/// `00-`, the ids, `-` and the flags 00 to 03: what nearly everybody sends, its 55 characters at
/// once. False: not that, or not good.
bool read_common(const char* text, Traceparent& out) noexcept {
  if (std::memcmp(text, "00-", 3) != 0 || text[kParentId - 1] != '-' ||
      std::memcmp(text + kFlags - 1, "-0", 2) != 0) {
    return false;
  }
  const unsigned flags = static_cast<unsigned char>(text[kFlags + 1]) - unsigned{'0'};
  detail::HexLanes wrong{};
  const detail::HexLanes first = detail::hex_values(text + kTraceId, wrong);
  const detail::HexLanes second = detail::hex_values(text + kTraceId + 16, wrong);
  const detail::HexLanes parent = detail::hex_values(text + kParentId, wrong);
  if (flags > kKnownFlags || detail::any_wrong(wrong)) return false;
  out.trace_id = TraceId(detail::hex_bytes<16>(first, second));
  out.parent_id = SpanId(detail::hex_bytes<8>(parent, parent));
  out.flags = TraceFlags(static_cast<std::uint8_t>(flags));
  return out.trace_id.is_valid() && out.parent_id.is_valid();
}

}  // namespace

std::optional<std::uint8_t> read_version(std::string_view text) noexcept {
  const unsigned version = read_octet(text);
  if (version >= 0xFF) return std::nullopt;
  return static_cast<std::uint8_t>(version);
}

std::optional<TraceFlags> read_flags(std::string_view text) noexcept {
  const unsigned bits = read_octet(text);
  if (bits > 0xFF) return std::nullopt;
  return TraceFlags(static_cast<std::uint8_t>(bits & kKnownFlags));
}

bool read_traceparent(std::string_view text, Traceparent& out) noexcept {
  if (text.size() < kTraceparentSize) return false;
  if (text[kTraceId - 1] != '-' || text[kParentId - 1] != '-' || text[kFlags - 1] != '-') {
    return false;
  }
  const auto version = read_version(text.substr(kVersion, 2));
  if (!version) return false;
  if (text.size() > kTraceparentSize && (*version == 0 || text[kTraceparentSize] != '-')) {
    return false;
  }
  const auto flags = read_flags(text.substr(kFlags, 2));
  if (!flags) return false;
  const auto trace_id = TraceId::from_hex(text.substr(kTraceId, 2 * TraceId::kSize));
  if (!trace_id) return false;
  const auto parent_id = SpanId::from_hex(text.substr(kParentId, 2 * SpanId::kSize));
  if (!parent_id) return false;
  out = {*trace_id, *parent_id, *flags};
  return true;
}

bool read_traceparent_header(std::string_view value, Traceparent& out) noexcept {
  if (value.size() == kTraceparentSize && read_common(value.data(), out)) [[likely]]
    return true;
  return read_traceparent(trimmed(value), out);
}

}  // namespace weft::inline v0::w3c
