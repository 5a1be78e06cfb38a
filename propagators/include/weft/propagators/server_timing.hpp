// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include <weft/propagation.hpp>
#include <weft/span.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

/// The response header that tells a caller, such as a browser, which trace and span answered it:
/// `server-timing: trace;desc=00-<trace id>-<span id>-<flags>`. W3C Trace Context, draft of
/// Level 3; nothing sends it unless you do.
namespace weft::inline v0::propagators {

/// The header's value for `span`, in place of a `trace` metric among those of `existing`, which is
/// the header's value so far; `existing` as it is when the span is not valid.
WEFT_API std::string server_timing(const SpanContext& span, std::string_view existing = {});

/// Writes the header of `span` into a response's headers, behind the metrics that are there. A
/// callable is called with ours alone, and not at all for a span that is not valid. Throws what the
/// carrier throws, and std::bad_alloc.
template <class C>
  requires WritableCarrier<std::remove_reference_t<C>>
void write_server_timing(C&& carrier, const SpanContext& span) {
  using Carrier = std::remove_reference_t<C>;
  if (!span.is_valid()) return;
  constexpr std::string_view kName = "server-timing";
  std::string existing;
  if constexpr (ReadableCarrier<Carrier>) {
    CarrierReader(carrier, &detail::read_headers<Carrier>)
        .for_each(kName, [&existing](std::string_view, std::string_view value) {
          if (!existing.empty() && !value.empty()) existing += ", ";
          existing += value;
        });
  }
  CarrierWriter(carrier, &detail::write_header<Carrier>).set(kName, server_timing(span, existing));
}
/// … of the current span.
template <class C>
  requires WritableCarrier<std::remove_reference_t<C>>
void write_server_timing(C&& carrier) {
  if (const SpanContext* span = detail::current_span_context()) {
    write_server_timing(carrier, SpanContext(*span));
  }
}

}  // namespace weft::inline v0::propagators
