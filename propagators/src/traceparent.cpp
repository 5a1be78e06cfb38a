// SPDX-License-Identifier: Apache-2.0
#include "traceparent.hpp"

namespace weft::inline v0::w3c {

namespace {

constexpr std::uint8_t kKnownFlags = TraceFlags::kSampled | TraceFlags::kRandom;

// Where each field begins.
constexpr std::size_t kVersion = 0;
constexpr std::size_t kTraceId = 3;
constexpr std::size_t kParentId = 36;
constexpr std::size_t kFlags = 53;

}  // namespace

std::optional<std::uint8_t> read_version(std::string_view text) noexcept {
  std::uint8_t version = 0;
  if (!detail::read_hex(text, &version, 1) || version == 0xFF) return std::nullopt;
  return version;
}

std::optional<TraceFlags> read_flags(std::string_view text) noexcept {
  std::uint8_t bits = 0;
  if (!detail::read_hex(text, &bits, 1)) return std::nullopt;
  return TraceFlags(bits & kKnownFlags);
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
  const auto trace_id = TraceId::from_hex(text.substr(kTraceId, 2 * TraceId::kSize));
  const auto parent_id = SpanId::from_hex(text.substr(kParentId, 2 * SpanId::kSize));
  const auto flags = read_flags(text.substr(kFlags, 2));
  if (!trace_id || !parent_id || !flags) return false;
  out.trace_id = *trace_id;
  out.parent_id = *parent_id;
  out.flags = *flags;
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
