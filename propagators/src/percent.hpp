// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::w3c {

/// What a hex digit of either case is worth; 16 for another character.
constexpr unsigned digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

/// `percent-encoded = "%" HEXDIG HEXDIG` at the start of `text`, of which the `%` is known
/// (RFC 3986, 2.1).
constexpr bool begins_encoded(std::string_view text) noexcept {
  return text.size() >= 3 && digit_value(text[1]) < 16 && digit_value(text[2]) < 16;
}

}  // namespace weft::inline v0::w3c
