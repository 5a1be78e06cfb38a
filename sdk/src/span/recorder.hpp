// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <weft/attribute.hpp>
#include <weft/span.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>

#include "span/record.hpp"
#include "span/record_head.hpp"
#include "span/record_pool.hpp"

// What one can write into an open record. The caller holds a Touch, or is the only one who knows
// the record (at its start). Everything is written as finished OTLP fields; what a limit or the
// pool's bounds cut is counted in the record's head.

namespace weft::inline v0::detail {

/// No user code may run while the record is touched: a value that is a range of the user's must
/// have been encoded before (needs_user_code, encode_apart).
void put_attribute(RecordPool& pool, Record& record, std::string_view key,
                   const AttributeValueView& value) noexcept;
/// Finished `KeyValue` fields with the span's attribute tag.
void put_encoded_attributes(RecordPool& pool, Record& record, std::string_view fields,
                            std::uint32_t dropped) noexcept;
void put_event(RecordPool& pool, Record& record, std::string_view name, std::uint64_t time,
               std::span<const AttributeView> attributes) noexcept;
/// An event or link whose attributes were encoded apart.
void put_event(RecordPool& pool, Record& record, std::string_view name, std::uint64_t time,
               const Attributes& attributes) noexcept;
void put_link(RecordPool& pool, Record& record, const SpanContext& context,
              std::span<const AttributeView> attributes) noexcept;
void put_link(RecordPool& pool, Record& record, const SpanContext& context,
              const Attributes& attributes) noexcept;
void put_status(RecordPool& pool, Record& record, StatusCode code,
                std::string_view description) noexcept;
void put_name(RecordPool& pool, Record& record, std::string_view name) noexcept;

/// The value, or one inside it, is a range of the user's.
bool needs_user_code(const AttributeValueView& value) noexcept;
bool needs_user_code(std::span<const AttributeView> attributes) noexcept;

}  // namespace weft::inline v0::detail
