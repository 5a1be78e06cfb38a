// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include <weft/baggage.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/span.hpp>

#include "b3_headers.hpp"
#include "hex_digits.hpp"
#include "ot_trace_headers.hpp"
#include "prefixed_baggage.hpp"
#include "remote_parent.hpp"
#include "white_space.hpp"

namespace weft::inline v0::ot_trace {

std::optional<TraceFlags> read_sampled(std::string_view text) noexcept {
  return b3::read_sampled(text);  // the same words
}

void Reader::see(std::size_t index, std::string_view value) noexcept {
  value = w3c::trimmed(value);
  if (value.empty() || std::exchange(is_seen_[index], true)) return;
  switch (index) {
    case 0:
      trace_id_ = propagators::read_padded_id<TraceId>(value);
      break;
    case 1:
      span_id_ = propagators::read_padded_id<SpanId>(value);
      break;
    default:
      sampled_ = read_sampled(value);
  }
}

std::optional<SpanContext> Reader::take() const noexcept {
  const bool is_sampled_bad = is_seen_[2] && !sampled_;
  if (!trace_id_ || !span_id_ || is_sampled_bad) return std::nullopt;
  return SpanContext(*trace_id_, *span_id_, sampled_.value_or(TraceFlags(TraceFlags::kDeferred)),
                     {}, true);
}

void write_headers(const SpanContext& span, const CarrierWriter& carrier) {
  constexpr std::size_t kHalf = TraceId::kSize / 2;
  const TraceId trace_id = span.trace_id();
  SpanId::Bytes right;  // as large as half a trace id
  std::copy(trace_id.bytes().begin() + kHalf, trace_id.bytes().end(), right.begin());
  if (!span.is_valid() || !SpanId(right).is_valid()) return;
  char trace_text[2 * kHalf];
  char span_text[2 * SpanId::kSize];
  detail::write_hex(right.data(), kHalf, trace_text);
  detail::write_hex(span.span_id().bytes().data(), SpanId::kSize, span_text);
  const bool is_undecided = propagators::is_undecided(span);
  const bool is_sampled = span.is_sampled();
  carrier.set(kTraceId, {trace_text, sizeof trace_text});
  carrier.set(kSpanId, {span_text, sizeof span_text});
  if (!is_undecided) carrier.set(kSampled, is_sampled ? "true" : "false");
}

}  // namespace weft::inline v0::ot_trace

namespace weft::inline v0::propagators {

void OtTrace::inject(const Context& context, const CarrierWriter& carrier) const {
  ot_trace::write_headers(span_context(context), carrier);
  write_prefixed_baggage(context.find(baggage::entries), ot_trace::kBaggagePrefix, ValueForm::plain,
                         carrier);
}

void OtTrace::inject_current(const CarrierWriter& carrier) const {
  if (const SpanContext* span = detail::current_span_context()) {
    ot_trace::write_headers(*span, carrier);
  }
  write_prefixed_baggage(baggage::entries.find(), ot_trace::kBaggagePrefix, ValueForm::plain,
                         carrier);
}

void OtTrace::extract(const CarrierReader& carrier, Context& context) const {
  try {
    ot_trace::Reader reader;
    carrier.for_each_of(ot_trace::Reader::kNames, [&](std::size_t index, std::string_view value) {
      reader.see(index, value);
    });
    if (const auto span = reader.take()) set_remote_parent(context, *span);
    read_prefixed_baggage(carrier, ot_trace::kBaggagePrefix, ValueForm::plain, context);
  } catch (...) {
    // Span and baggage are each there whole or not at all.
    detail::propagation_threw("a carrier threw in extract");
  }
}

std::vector<std::string> OtTrace::fields() const {
  return {std::string(ot_trace::kTraceId), std::string(ot_trace::kSpanId),
          std::string(ot_trace::kSampled)};
}

}  // namespace weft::inline v0::propagators
