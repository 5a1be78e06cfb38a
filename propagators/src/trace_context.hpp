// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

#include "traceparent.hpp"

namespace weft::inline v0::w3c {

inline constexpr std::string_view kTraceparent = "traceparent";
inline constexpr std::string_view kTracestate = "tracestate";

/// Writes the headers of a valid span, nothing for another.
void write_trace_context(const SpanContext& span, const CarrierWriter& carrier);

/// Reads the headers of W3C Trace Context. Sees them in one walk over the carrier, which its owner
/// makes and which may look for other headers too; walks again only for a tracestate.
class TraceContextReader {
 public:
  /// A header called `traceparent`; a second one makes both bad.
  void see_traceparent(std::string_view value) noexcept;
  /// A header called `tracestate`; read at the end, for it counts only beside a good traceparent.
  void see_tracestate() noexcept { has_state_ = true; }
  /// Makes what was seen the span of `context`. Throws std::bad_alloc, and what the carrier throws,
  /// before it changes anything.
  void finish(const CarrierReader& carrier, Context& context) const;

 private:
  Traceparent parent_;
  std::size_t parents_ = 0;
  bool is_good_ = false;
  bool has_state_ = false;
};

}  // namespace weft::inline v0::w3c
