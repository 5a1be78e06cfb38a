// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/baggage.hpp>

#include "fuzz/fuzz_target.hpp"
#include "propagators/support.hpp"

namespace weft_fuzz {

using weft_test::HeaderList;
using weft_test::HeaderMap;

/// What a propagator is good for: a context is never half read, and what it writes it reads again.
/// `lossy_trace_id`: the format sends a part of the id alone.
inline void check_round_trip(const weft::TextMapPropagator& propagator, const HeaderList& headers,
                             bool lossy_trace_id = false) {
  const weft::Context context = weft_test::extract_with(propagator, headers);
  const weft::SpanContext remote = weft::span_context(context);
  require(remote.trace_id().is_valid() == remote.span_id().is_valid(), "both ids or none");
  if (!remote.is_valid()) return;
  require(remote.is_remote(), "what comes in is remote");

  const HeaderMap sent = weft_test::inject_with(propagator, context);
  require(!sent.empty(), "a valid context is sent");
  const weft::Context again = weft_test::extract_with(propagator, sent);
  const weft::SpanContext arrived = weft::span_context(again);
  require(arrived.span_id() == remote.span_id(), "the span id arrives");
  require(lossy_trace_id || arrived.trace_id() == remote.trace_id(), "the trace id arrives");
  require(arrived.is_sampled() == remote.is_sampled(), "the decision arrives");
}

}  // namespace weft_fuzz
