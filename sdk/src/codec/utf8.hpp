// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <weft/version.hpp>

// OTLP text is UTF-8 and a backend refuses a whole batch for one bad byte, so every text that is
// recorded passes here: a byte that belongs to no well-formed character becomes U+FFFD.

namespace weft::inline v0::codec {

/// Every byte is below 0x80.
inline bool is_ascii(std::string_view text) noexcept {
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; left > 0; ++p, --left) {
    if ((static_cast<unsigned char>(*p) & 0x80U) != 0) return false;
  }
  return true;
}

/// Bytes of the well-formed character that `text` begins with (Unicode 15, table 3-7); 0 for a bad
/// byte. Precondition: text is not empty.
WEFT_API std::size_t character_size(std::string_view text) noexcept;

/// `text` is well-formed.
WEFT_API bool is_utf8(std::string_view text) noexcept;

/// Bytes that `text` takes with each bad byte replaced.
WEFT_API std::size_t repaired_size(std::string_view text) noexcept;

/// Writes `text` with each bad byte replaced; returns the end.
WEFT_API char* write_repaired(std::string_view text, char* out) noexcept;

/// The longest prefix of at most `characters` characters; a bad byte counts as one.
WEFT_API std::string_view first_characters(std::string_view text, std::size_t characters) noexcept;

}  // namespace weft::inline v0::codec
