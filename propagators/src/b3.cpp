// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <weft/propagators/propagators.hpp>
#include <weft/span.hpp>

#include "b3_headers.hpp"
#include "remote_parent.hpp"

namespace weft::inline v0::b3 {

namespace {

constexpr std::size_t kTraceIdSize = 2 * TraceId::kSize;
constexpr std::size_t kSpanIdSize = 2 * SpanId::kSize;

/// What the single header says of a span that is decided. By bits: the flags' digit is no state.
char state_of(const SpanContext& span) noexcept {
  if (!span.is_sampled()) return '0';
  return span.trace_flags().debug() ? 'd' : '1';
}

/// The texts of a span's ids, taken before the carrier's own code can change what is current.
struct IdTexts {
  explicit IdTexts(const SpanContext& of) noexcept {
    detail::write_hex(of.trace_id().bytes().data(), TraceId::kSize, trace);
    detail::write_hex(of.span_id().bytes().data(), SpanId::kSize, span);
  }
  char trace[kTraceIdSize];
  char span[kSpanIdSize];
};

}  // namespace

void write_single(const SpanContext& span, const CarrierWriter& carrier) {
  const char state = state_of(span);
  if (span.is_decision()) return carrier.set(kSingle, {&state, 1});
  if (!span.is_valid()) return;
  char text[kTraceIdSize + kSpanIdSize + 3];
  detail::write_hex(span.trace_id().bytes().data(), TraceId::kSize, text);
  text[kTraceIdSize] = '-';
  detail::write_hex(span.span_id().bytes().data(), SpanId::kSize, text + kTraceIdSize + 1);
  text[sizeof text - 2] = '-';
  text[sizeof text - 1] = state;
  const std::size_t size = propagators::is_undecided(span) ? sizeof text - 2 : sizeof text;
  carrier.set(kSingle, {text, size});
}

void write_multi(const SpanContext& span, const CarrierWriter& carrier) {
  const bool has_ids = span.is_valid();
  if (!has_ids && !span.is_decision()) return;
  const IdTexts ids(span);
  const char state = state_of(span);
  const bool is_undecided = propagators::is_undecided(span);
  if (has_ids) {
    carrier.set(kTraceId, {ids.trace, sizeof ids.trace});
    carrier.set(kSpanId, {ids.span, sizeof ids.span});
  }
  if (is_undecided) return;
  // Debug implies sampled, which is not said beside it.
  if (state == 'd') return carrier.set(kFlags, "1");
  carrier.set(kSampled, {&state, 1});
}

}  // namespace weft::inline v0::b3

namespace weft::inline v0::propagators {

void B3Single::inject(const Context& context, const CarrierWriter& carrier) const {
  b3::write_single(span_context(context), carrier);
}

void B3Single::inject_current(const CarrierWriter& carrier) const {
  if (const SpanContext* span = detail::current_span_context()) b3::write_single(*span, carrier);
}

void B3Single::extract(const CarrierReader& carrier, Context& context) const {
  b3::read_headers(carrier, context);
}

std::vector<std::string> B3Single::fields() const { return {std::string(b3::kSingle)}; }

void B3Multi::inject(const Context& context, const CarrierWriter& carrier) const {
  b3::write_multi(span_context(context), carrier);
}

void B3Multi::inject_current(const CarrierWriter& carrier) const {
  if (const SpanContext* span = detail::current_span_context()) b3::write_multi(*span, carrier);
}

void B3Multi::extract(const CarrierReader& carrier, Context& context) const {
  b3::read_headers(carrier, context);
}

std::vector<std::string> B3Multi::fields() const {
  return {std::string(b3::kTraceId), std::string(b3::kSpanId), std::string(b3::kSampled),
          std::string(b3::kFlags)};
}

}  // namespace weft::inline v0::propagators
