// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

#include <weft/ids.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::propagators {

/// One lowercase hex digit.
constexpr bool is_hex_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Lowercase hex digits alone, or nothing.
constexpr bool is_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, is_hex_digit);
}

/// An id of 1 to `2 * Id::kSize` lowercase hex digits, zeros put before a shorter one; none for any
/// other text and for zero. (W3C Trace Context Level 2, 5.1.2; Jaeger, "trace-span-identity")
template <class Id>
std::optional<Id> read_padded_id(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 2 * Id::kSize;
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  char digits[kDigits];
  std::memset(digits, '0', kDigits);
  std::memcpy(digits + kDigits - text.size(), text.data(), text.size());
  return Id::from_hex({digits, kDigits});
}

}  // namespace weft::inline v0::propagators
