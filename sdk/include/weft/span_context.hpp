// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include <weft/ids.hpp>
#include <weft/trace_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
struct NewIds;
}

/// The W3C trace flags. Bit 0 says sampled, bit 1 that the trace id is random (Level 2); the other
/// bits are kept zero on the way out. Two of those say here what B3 and Jaeger know beyond them.
class TraceFlags {
 public:
  static constexpr std::uint8_t kSampled = 0x01;
  static constexpr std::uint8_t kRandom = 0x02;
  /// What W3C headers and OTLP carry.
  static constexpr std::uint8_t kOnTheWire = kSampled | kRandom;
  /// B3's and Jaeger's debug, only beside kSampled: the trace is recorded whatever the sampler
  /// says. Spans inherit it.
  static constexpr std::uint8_t kDebug = 0x80;
  /// The caller left the decision to us (B3 without a state): a sampler that follows its parent
  /// decides as for a root. Spans do not inherit it.
  static constexpr std::uint8_t kDeferred = 0x40;

  constexpr TraceFlags() noexcept = default;
  constexpr explicit TraceFlags(std::uint8_t bits) noexcept : bits_(bits) {}
  constexpr bool sampled() const noexcept { return (bits_ & kSampled) != 0; }
  constexpr bool random() const noexcept { return (bits_ & kRandom) != 0; }
  constexpr bool debug() const noexcept { return (bits_ & kDebug) != 0; }
  constexpr bool deferred() const noexcept { return (bits_ & kDeferred) != 0; }
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
        rest_{.is_valid = trace_id.is_valid() && span_id.is_valid(),
              .flags = flags,
              .is_remote = is_remote},
        trace_state_(std::move(state)) {}

  const TraceId& trace_id() const noexcept { return trace_id_; }
  const SpanId& span_id() const noexcept { return span_id_; }
  TraceFlags trace_flags() const noexcept { return rest_.flags; }
  const TraceState& trace_state() const noexcept { return trace_state_; }
  /// It came from another process, by a propagator.
  bool is_remote() const noexcept { return rest_.is_remote; }
  /// Both ids are non-zero.
  bool is_valid() const noexcept { return rest_.is_valid; }
  bool is_sampled() const noexcept { return rest_.flags.sampled(); }
  /// A sampling decision came in without ids, as B3 allows (`b3: 0`): it is not valid, it is no
  /// parent, and the next root follows its flags.
  bool is_decision() const noexcept { return !rest_.is_valid && rest_.is_remote; }

  friend bool operator==(const SpanContext& a, const SpanContext& b) noexcept {
    return a.trace_id_ == b.trace_id_ && a.span_id_ == b.span_id_ &&
           a.rest_.flags == b.rest_.flags && a.rest_.is_remote == b.rest_.is_remote &&
           a.trace_state_ == b.trace_state_;
  }

 private:
  friend struct detail::NewIds;

  struct Rest {  // copied as one word
    bool is_valid = false;
    TraceFlags flags{};
    [[maybe_unused]] std::uint16_t attributes_size = 0;  // OTEP 4947: no attributes follow
    bool is_remote = false;
    [[maybe_unused]] std::uint8_t unused[3] = {};
  };

  TraceId trace_id_;
  SpanId span_id_;
  Rest rest_;
  TraceState trace_state_;
};

static_assert(sizeof(SpanContext) == 40);

}  // namespace weft::inline v0
