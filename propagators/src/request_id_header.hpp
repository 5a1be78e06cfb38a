// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

#include "character_class.hpp"

namespace weft::inline v0::propagators {

inline constexpr std::string_view kRequestIdHeader = "x-request-id";

/// What an id may consist of: visible ASCII, so that it is one word of a log line.
inline constexpr w3c::CharacterClass kVisible{0x21, 0x7E, ""};

/// `request-id = 1*127VCHAR`. A longer one would be cut to another id.
bool is_request_id(std::string_view text) noexcept;

}  // namespace weft::inline v0::propagators
