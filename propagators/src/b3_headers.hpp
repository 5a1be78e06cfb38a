// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <weft/context.hpp>
#include <weft/ids.hpp>
#include <weft/propagation.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

// The productions of B3 (openzipkin/b3-propagation), one function each. None allocates. A sampling
// state is a TraceFlags: 0 denies, kSampled accepts, kSampled | kDebug is debug; none defers.

namespace weft::inline v0::b3 {

inline constexpr std::string_view kSingle = "b3";
inline constexpr std::string_view kTraceId = "x-b3-traceid";
inline constexpr std::string_view kSpanId = "x-b3-spanid";
inline constexpr std::string_view kParentSpanId = "x-b3-parentspanid";
inline constexpr std::string_view kSampled = "x-b3-sampled";
inline constexpr std::string_view kFlags = "x-b3-flags";

/// `TraceId = 32HEXDIGLC / 16HEXDIGLC`, not zero; zeros are put before 16.
std::optional<TraceId> read_trace_id(std::string_view text) noexcept;

/// `ParentSpanId = 16HEXDIGLC`; nobody needs it, but what has a bad one is damaged.
bool is_parent_id(std::string_view text) noexcept;

/// `SamplingState = "0" / "1" / "d"`, of the single header.
std::optional<TraceFlags> read_state(std::string_view text) noexcept;

/// `Sampled = "0" / "1"`, and what old tracers send: `false`, `true` in any case.
std::optional<TraceFlags> read_sampled(std::string_view text) noexcept;

/// `b3 = TraceId "-" SpanId [ "-" SamplingState [ "-" ParentSpanId ] ] / SamplingState`, without
/// white space around it. A state alone gives a span that is_decision(), no state one that is
/// deferred.
std::optional<SpanContext> read_single(std::string_view text) noexcept;

/// What a header said: nothing, something good or something bad. Of several the first counts.
template <class T>
struct Seen {
  bool is_seen = false;
  std::optional<T> value{};
  bool is_bad() const noexcept { return is_seen && !value; }
};

/// Reads both forms in one walk over a carrier, whichever of them is sent.
class Reader {
 public:
  /// What to look for; the index is `see`'s.
  static constexpr std::array kNames = {kSingle,       kTraceId, kSpanId,
                                        kParentSpanId, kSampled, kFlags};
  void see(std::size_t index, std::string_view value) noexcept;
  /// The remote span; a decision when there were no ids; none when there was nothing, or something
  /// bad. A good single header wins.
  std::optional<SpanContext> take() const noexcept;

 private:
  std::optional<SpanContext> multi() const noexcept;
  std::optional<TraceFlags> state() const noexcept;

  Seen<SpanContext> single_;
  Seen<TraceId> trace_id_;
  Seen<SpanId> span_id_;
  Seen<bool> parent_id_;
  Seen<TraceFlags> sampled_;
  Seen<bool> debug_;
};

/// Puts what the carrier says into `context`, whichever form it is in.
void read_headers(const CarrierReader& carrier, Context& context) noexcept;

/// The header `b3` of a span or a decision; nothing for another.
void write_single(const SpanContext& span, const CarrierWriter& carrier);
/// The headers `x-b3-…`.
void write_multi(const SpanContext& span, const CarrierWriter& carrier);

}  // namespace weft::inline v0::b3
