// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::w3c {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

/// Bytes of the well-formed character that `text` begins with (Unicode, table 3-7); 0 for a byte
/// that begins none. Precondition: `text` is not empty.
std::size_t character_size(std::string_view text) noexcept;

/// `text` with U+FFFD for each byte that belongs to no well-formed character.
std::string repaired(std::string text);

}  // namespace weft::inline v0::w3c
