// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <weft/ids.hpp>
#include <weft/propagation.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

// The headers that the OpenTracing basic tracers sent. None of this allocates.

namespace weft::inline v0::ot_trace {

inline constexpr std::string_view kTraceId = "ot-tracer-traceid";
inline constexpr std::string_view kSpanId = "ot-tracer-spanid";
inline constexpr std::string_view kSampled = "ot-tracer-sampled";
inline constexpr std::string_view kBaggagePrefix = "ot-baggage-";

/// `true` or `false` in any case, and what some send instead, `1` or `0`.
std::optional<TraceFlags> read_sampled(std::string_view text) noexcept;

/// Reads the three headers in one walk over a carrier; of several the first counts.
class Reader {
 public:
  static constexpr std::array kNames = {kTraceId, kSpanId, kSampled};
  /// The header that `kNames[index]` names.
  void see(std::size_t index, std::string_view value) noexcept;
  /// The remote span, deferred when `ot-tracer-sampled` is not there; none when an id is missing or
  /// something is bad.
  std::optional<SpanContext> take() const noexcept;

 private:
  std::array<bool, 3> is_seen_{};
  std::optional<TraceId> trace_id_;
  std::optional<SpanId> span_id_;
  std::optional<TraceFlags> sampled_;
};

/// Writes the headers of a valid span. The format has 64 bits for a trace: the right half is sent,
/// and nothing when that is zero.
void write_headers(const SpanContext& span, const CarrierWriter& carrier);

}  // namespace weft::inline v0::ot_trace
