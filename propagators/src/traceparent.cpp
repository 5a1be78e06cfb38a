// SPDX-License-Identifier: Apache-2.0
#include "traceparent.hpp"

namespace weft::inline v0::w3c {

namespace {

constexpr std::uint8_t kKnownFlags = TraceFlags::kOnTheWire;

// Where each field begins.
constexpr std::size_t kVersion = 0;
constexpr std::size_t kTraceId = 3;
constexpr std::size_t kParentId = 36;
constexpr std::size_t kFlags = 53;

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

}  // namespace

std::optional<std::uint8_t> read_version(std::string_view text) noexcept {
  if (text == "00") [[likely]]  // one comparison of two bytes
    return std::uint8_t{0};
  const unsigned version = read_octet(text);
  if (version >= 0xFF) return std::nullopt;
  return static_cast<std::uint8_t>(version);
}

std::optional<TraceFlags> read_flags(std::string_view text) noexcept {
  if (text == "01") [[likely]]
    return TraceFlags(TraceFlags::kSampled);
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

void write_traceparent(const SpanContext& span, char* out) noexcept {
  out[kVersion] = '0';
  out[kVersion + 1] = '0';
  out[kTraceId - 1] = '-';
  detail::write_hex(span.trace_id().bytes().data(), TraceId::kSize, out + kTraceId);
  out[kParentId - 1] = '-';
  detail::write_hex(span.span_id().bytes().data(), SpanId::kSize, out + kParentId);
  out[kFlags - 1] = '-';
  out[kFlags] = '0';
  out[kFlags + 1] = static_cast<char>('0' + (span.trace_flags().bits() & kKnownFlags));
}

}  // namespace weft::inline v0::w3c
