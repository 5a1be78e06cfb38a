// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/span_context.hpp>
#include <weft/trace_state.hpp>
#include <weft/version.hpp>

#include "traceparent.hpp"

namespace weft::inline v0::w3c {

inline constexpr std::string_view kTraceparent = "traceparent";
inline constexpr std::string_view kTracestate = "tracestate";

/// The headers of a span, spelled when it is made: none for one that is not valid and for null. A
/// carrier's copy waits until the text has left the store buffer, so what else there is to do is
/// best done before `write`.
class TraceContextHeaders {
 public:
  explicit TraceContextHeaders(const SpanContext* span) noexcept {
    if (span == nullptr || !span->is_valid()) [[unlikely]]
      return;
    write_traceparent(*span, traceparent_);
    state_ = span->trace_state();  // the carrier's own code may change what is current
    is_valid_ = true;
  }
  void write(const CarrierWriter& carrier) const {
    if (!is_valid_) [[unlikely]]
      return;
    carrier.set(kTraceparent, {traceparent_, sizeof traceparent_});
    if (!state_.empty()) carrier.set(kTracestate, state_.view());
  }

 private:
  char traceparent_[kTraceparentSize];
  bool is_valid_ = false;
  TraceState state_;
};

/// Reads the headers of W3C Trace Context in one walk over the carrier, which its owner makes and
/// which may look for other headers too; walks again only where a tracestate came before the
/// traceparent beside which it counts.
class TraceContextReader {
 public:
  /// A header called `traceparent`; a second one makes both bad.
  void see_traceparent(std::string_view value) noexcept {
    is_good_ = ++parents_ == 1 && read_traceparent_header(value, parent_);
  }
  /// A header called `tracestate`; it counts only beside a good traceparent. Throws
  /// std::bad_alloc.
  void see_tracestate(std::string_view value);
  /// Makes what was seen the span of `context`. Throws std::bad_alloc, and what the carrier throws,
  /// before it changes anything.
  void finish(const CarrierReader& carrier, Context& context);

 private:
  void add_state(std::string_view header);

  Traceparent parent_;
  unsigned parents_ = 0;
  bool is_good_ = false;
  bool has_unread_state_ = false;
  bool is_state_bad_ = false;
  TraceState state_;
};

}  // namespace weft::inline v0::w3c
