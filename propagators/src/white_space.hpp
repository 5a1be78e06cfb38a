// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::w3c {

constexpr bool is_white_space(char c) noexcept { return c == ' ' || c == '\t'; }

/// `text` without the white space around it. `OWS = *( SP / HTAB )`, RFC 9110, 5.6.3.
constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace weft::inline v0::w3c
