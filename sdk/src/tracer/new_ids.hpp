// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <new>

#include <weft/detail/context_state.hpp>
#include <weft/ids.hpp>
#include <weft/span_context.hpp>

#include "platform/random.hpp"
#include "span/id_words.hpp"

namespace weft::inline v0::detail {

/// The ids of a span being started, as words: they stay in registers until they are stored, in up
/// to two places. (A TraceId goes through memory; loading it again right away would wait for its
/// parts.)
struct NewIds {
  // What a SpanContext has beside ids and trace state is one word, written and read as a whole, so
  // that no reader waits for its parts. These are its fields.
  static constexpr std::uint64_t kValid =
      std::bit_cast<std::uint64_t>(SpanContext::Rest{.is_valid = true});
  static constexpr std::uint64_t kFlag =
      std::bit_cast<std::uint64_t>(SpanContext::Rest{.flags = TraceFlags(1)});
  static constexpr std::uint64_t kSampled = kFlag * TraceFlags::kSampled;
  static constexpr std::uint64_t kRemote =
      std::bit_cast<std::uint64_t>(SpanContext::Rest{.is_remote = true});

  /// Of a span of this process.
  static constexpr std::uint64_t rest_word(TraceFlags flags) noexcept {
    return kValid | kFlag * flags.bits();
  }
  static std::uint64_t rest_word(const SpanContext& context) noexcept {
    return load_word(&context.rest_);
  }

  std::uint64_t trace_high = 0;  // in memory order
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;

  /// Begins a trace.
  void make_trace(Random& random) noexcept {
    const Random::Pair pair = random.next_pair();
    trace_high = pair.other;
    trace_low = pair.random;  // W3C Level 2 wants this half random
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
    store(at, rest_word(flags), state);
  }
  /// The same, with what is beside them as a word.
  void store(SpanContext& at, std::uint64_t rest, const TraceState& state) const noexcept {
    store_words(at, rest);
    ::new (&at.trace_state_) TraceState(state);
  }
  void store(SpanContext& at, std::uint64_t rest) const noexcept {
    store_words(at, rest);
    ::new (&at.trace_state_) TraceState();
  }

 private:
  void store_words(SpanContext& at, std::uint64_t rest) const noexcept {
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&at.trace_id_);
    std::memcpy(bytes, &trace_high, sizeof trace_high);
    std::memcpy(bytes + sizeof trace_high, &trace_low, sizeof trace_low);
    at.span_id_ = span_id();
    std::memcpy(static_cast<void*>(&at.rest_), &rest, sizeof rest);
  }
  static std::uint64_t not_zero(std::uint64_t random) noexcept { return random + (random == 0); }
};

/// An identity without a trace state, where there was none. Ids go to the handle and to the node of
/// a span that becomes current, both from registers: copying what was just stored piece by piece
/// would wait.
[[gnu::always_inline]] inline void make_identity(SpanIdentity& at, const NewIds& ids,
                                                 std::uint64_t rest, const RecordRef& record,
                                                 std::int64_t clock_offset) noexcept {
  ids.store(at.context, rest);
  at.record = record;
  at.clock_offset = clock_offset;
}

}  // namespace weft::inline v0::detail
