// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <weft/propagation.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

// The productions of Jaeger's native format, one function each. None allocates.

namespace weft::inline v0::jaeger {

inline constexpr std::string_view kUberTraceId = "uber-trace-id";
inline constexpr std::string_view kBaggagePrefix = "uberctx-";

/// `flags = 1*2HEXDIG`: 0x01 sampled, 0x02 debug, which counts beside sampled alone; the others,
/// firehose (0x08) too, are passed over.
std::optional<TraceFlags> read_flags(std::string_view text) noexcept;

/// What is before the next `:` or `%3A`, which takes its place where a client encodes the whole
/// value; `rest` becomes what is behind. None when there is no separator.
std::optional<std::string_view> next_field(std::string_view& rest) noexcept;

/// `uber-trace-id = trace-id ":" span-id ":" parent-id ":" flags`, without white space around it.
/// Ids may be shorter than they should; the parent's is passed over, whatever it is.
std::optional<SpanContext> read_uber_trace_id(std::string_view text) noexcept;

/// Writes the header of a valid span, nothing for another: ids in full, parent 0.
void write_uber_trace_id(const SpanContext& span, const CarrierWriter& carrier);

}  // namespace weft::inline v0::jaeger
