// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <weft/version.hpp>

#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// The bytes of a record's OTLP `Span` message (without an outer tag and length).
WEFT_API std::size_t encoded_span_size(const Record& record) noexcept;
/// Writes exactly `encoded_span_size(record)` bytes and returns the end: a header from the head,
/// then the body as it was written, in pieces only where something in it was replaced.
WEFT_API char* encode_span(const Record& record, char* out) noexcept;

}  // namespace weft::inline v0::detail
