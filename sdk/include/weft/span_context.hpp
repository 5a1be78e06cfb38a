// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include <weft/ids.hpp>
#include <weft/trace_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// The W3C trace flags. Bit 0 says sampled, bit 1 that the trace id is random (Level 2); the other
/// bits are kept zero on the way out.
class TraceFlags {
 public:
  static constexpr std::uint8_t kSampled = 0x01;
  static constexpr std::uint8_t kRandom = 0x02;

  constexpr TraceFlags() noexcept = default;
  constexpr explicit TraceFlags(std::uint8_t bits) noexcept : bits_(bits) {}
  constexpr bool sampled() const noexcept { return (bits_ & kSampled) != 0; }
  constexpr bool random() const noexcept { return (bits_ & kRandom) != 0; }
  constexpr std::uint8_t bits() const noexcept { return bits_; }
  friend constexpr bool operator==(TraceFlags, TraceFlags) noexcept = default;

 private:
  std::uint8_t bits_ = 0;
};

/// What names a span to the rest of the world: ids, flags, trace state, and whether it came from
/// another process. An immutable value of 40 bytes; safe to share between threads.
/// Its first 28 bytes are the thread-context record of OTEP 4947, so a profiler can read it as is.
class WEFT_API SpanContext {
 public:
  constexpr SpanContext() noexcept = default;
  SpanContext(const TraceId& trace_id, const SpanId& span_id, TraceFlags flags = {},
              TraceState state = {}, bool is_remote = false) noexcept
      : trace_id_(trace_id),
        span_id_(span_id),
        valid_(trace_id.is_valid() && span_id.is_valid()),
        flags_(flags),
        is_remote_(is_remote),
        trace_state_(std::move(state)) {}

  const TraceId& trace_id() const noexcept { return trace_id_; }
  const SpanId& span_id() const noexcept { return span_id_; }
  TraceFlags trace_flags() const noexcept { return flags_; }
  const TraceState& trace_state() const noexcept { return trace_state_; }
  /// It came from another process, by a propagator.
  bool is_remote() const noexcept { return is_remote_; }
  /// Both ids are non-zero.
  bool is_valid() const noexcept { return valid_; }
  bool is_sampled() const noexcept { return flags_.sampled(); }

  friend bool operator==(const SpanContext& a, const SpanContext& b) noexcept {
    return a.trace_id_ == b.trace_id_ && a.span_id_ == b.span_id_ && a.flags_ == b.flags_ &&
           a.is_remote_ == b.is_remote_ && a.trace_state_ == b.trace_state_;
  }

 private:
  TraceId trace_id_;
  SpanId span_id_;
  bool valid_ = false;
  TraceFlags flags_;
  [[maybe_unused]] std::uint16_t attributes_size_ = 0;  // OTEP 4947: no attributes follow
  bool is_remote_ = false;
  TraceState trace_state_;
};

static_assert(sizeof(SpanContext) == 40);

}  // namespace weft::inline v0
