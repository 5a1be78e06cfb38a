// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

// Whether bytes that nobody vouches for (of a file that a power cut tore) are the OTLP message that
// they are said to be, to the innermost text: one bad byte would cost a whole batch. Never reads
// beyond the bytes, whatever they hold.

namespace weft::inline v0::codec {

bool is_key_value(std::string_view message) noexcept;
bool is_event(std::string_view message) noexcept;
bool is_link(std::string_view message) noexcept;
bool is_status(std::string_view message) noexcept;
/// The fields `scope` and `schema_url` of ScopeSpans.
bool is_scope_fields(std::string_view fields) noexcept;
/// The fields `resource` and `schema_url` of ResourceSpans.
bool is_resource_fields(std::string_view fields) noexcept;

}  // namespace weft::inline v0::codec
