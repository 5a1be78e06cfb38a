// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <new>

#include <weft/ids.hpp>
#include <weft/span_context.hpp>

#include "platform/random.hpp"
#include "span/id_words.hpp"

namespace weft::inline v0::detail {

/// The ids of a span being started, as words: they stay in registers until they are stored, in up
/// to two places. (A TraceId goes through memory; loading it again right away would wait for its
/// parts.)
struct NewIds {
  std::uint64_t trace_high = 0;  // in memory order
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;

  /// Begins a trace.
  void make_trace(Random& random) noexcept {
    trace_high = not_zero(random.next());  // W3C Level 2 wants the other half random
    trace_low = random.next();
  }
  /// Takes over a parent's trace.
  void take_trace(const TraceId& id) noexcept {
    trace_high = load_word(id.bytes().data());
    trace_low = load_word(id.bytes().data() + sizeof trace_high);
  }
  void make_span(Random& random) noexcept { span = not_zero(random.next()); }
  void take_span(const SpanId& id) noexcept { span = std::bit_cast<std::uint64_t>(id.bytes()); }

  TraceId trace_id() const noexcept {
    TraceId::Bytes bytes;
    std::memcpy(bytes.data(), &trace_high, sizeof trace_high);
    std::memcpy(bytes.data() + sizeof trace_high, &trace_low, sizeof trace_low);
    return TraceId(bytes);
  }
  SpanId span_id() const noexcept { return SpanId(std::bit_cast<SpanId::Bytes>(span)); }
  /// Stores them where there was no SpanContext, or one without a trace state.
  void store(SpanContext& at, TraceFlags flags, const TraceState& state) const noexcept {
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&at.trace_id_);
    std::memcpy(bytes, &trace_high, sizeof trace_high);
    std::memcpy(bytes + sizeof trace_high, &trace_low, sizeof trace_low);
    at.span_id_ = span_id();
    at.rest_ = {.is_valid = true, .flags = flags};
    ::new (&at.trace_state_) TraceState(state);
  }

 private:
  static std::uint64_t not_zero(std::uint64_t random) noexcept { return random + (random == 0); }
};

}  // namespace weft::inline v0::detail
