// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include <weft/baggage.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/span.hpp>

#include "hex_digits.hpp"
#include "jaeger_header.hpp"
#include "prefixed_baggage.hpp"
#include "remote_parent.hpp"
#include "white_space.hpp"

namespace weft::inline v0::jaeger {

namespace {

constexpr unsigned kSampledBit = 0x01;
constexpr unsigned kDebugBit = 0x02;

constexpr std::string_view kEncodedColon = "%3a";

/// Where the next separator is, and how long; the end, and 0, when there is none.
struct Separator {
  std::size_t place;
  std::size_t size;
};

Separator find_separator(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') return {i, 1};
    if (detail::same_header(text.substr(i, kEncodedColon.size()), kEncodedColon)) {
      return {i, kEncodedColon.size()};
    }
  }
  return {text.size(), 0};
}

}  // namespace

std::optional<TraceFlags> read_flags(std::string_view text) noexcept {
  // "One or two hex digits" of either case; from_chars takes neither a sign nor 0x.
  unsigned bits = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, bits, 16);
  if (error != std::errc() || parsed_end != end || text.size() > 2) return std::nullopt;
  if ((bits & kSampledBit) == 0) return TraceFlags();
  const bool is_debug = (bits & kDebugBit) != 0;
  return TraceFlags(TraceFlags::kSampled | (is_debug ? TraceFlags::kDebug : 0));
}

std::optional<std::string_view> next_field(std::string_view& rest) noexcept {
  const Separator separator = find_separator(rest);
  if (separator.size == 0) return std::nullopt;
  const std::string_view field = rest.substr(0, separator.place);
  rest.remove_prefix(separator.place + separator.size);
  return field;
}

std::optional<SpanContext> read_uber_trace_id(std::string_view text) noexcept {
  std::string_view rest = text;
  const auto trace = next_field(rest);
  const auto span = next_field(rest);
  const auto parent = next_field(rest);
  if (!trace || !span || !parent) return std::nullopt;
  const auto trace_id = propagators::read_padded_id<TraceId>(*trace);
  const auto span_id = propagators::read_padded_id<SpanId>(*span);
  const auto flags = read_flags(rest);
  if (!trace_id || !span_id || !flags) return std::nullopt;
  return SpanContext(*trace_id, *span_id, *flags, {}, true);
}

void write_uber_trace_id(const SpanContext& span, const CarrierWriter& carrier) {
  if (!span.is_valid()) return;
  constexpr std::size_t kTraceIdSize = 2 * TraceId::kSize;
  constexpr std::size_t kSpanIdSize = 2 * SpanId::kSize;
  char text[kTraceIdSize + kSpanIdSize + 5];
  detail::write_hex(span.trace_id().bytes().data(), TraceId::kSize, text);
  text[kTraceIdSize] = ':';
  detail::write_hex(span.span_id().bytes().data(), SpanId::kSize, text + kTraceIdSize + 1);
  constexpr std::string_view kNoParent = ":0:";
  std::ranges::copy(kNoParent, text + sizeof text - 4);
  const unsigned debug = span.trace_flags().debug() ? kDebugBit : 0;
  text[sizeof text - 1] = static_cast<char>('0' + (span.is_sampled() ? kSampledBit | debug : 0));
  carrier.set(kUberTraceId, {text, sizeof text});
}

}  // namespace weft::inline v0::jaeger

namespace weft::inline v0::propagators {

void Jaeger::inject(const Context& context, const CarrierWriter& carrier) const {
  jaeger::write_uber_trace_id(span_context(context), carrier);
  write_prefixed_baggage(context.find(baggage::entries), jaeger::kBaggagePrefix,
                         ValueForm::url_encoded, carrier);
}

void Jaeger::inject_current(const CarrierWriter& carrier) const {
  if (const SpanContext* span = detail::current_span_context()) {
    jaeger::write_uber_trace_id(*span, carrier);
  }
  write_prefixed_baggage(baggage::entries.find(), jaeger::kBaggagePrefix, ValueForm::url_encoded,
                         carrier);
}

void Jaeger::extract(const CarrierReader& carrier, Context& context) const {
  try {
    bool is_first = true;
    std::optional<SpanContext> span;
    carrier.for_each(jaeger::kUberTraceId, [&](std::string_view, std::string_view value) {
      if (std::exchange(is_first, false)) span = jaeger::read_uber_trace_id(w3c::trimmed(value));
    });
    if (span) set_remote_parent(context, *span);
    read_prefixed_baggage(carrier, jaeger::kBaggagePrefix, ValueForm::url_encoded, context);
  } catch (...) {
    // Span and baggage are each there whole or not at all.
    detail::propagation_threw("a carrier threw in extract");
  }
}

std::vector<std::string> Jaeger::fields() const { return {std::string(jaeger::kUberTraceId)}; }

}  // namespace weft::inline v0::propagators
