// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::w3c {

/// A set of characters, made at compile time, asked with one load.
class CharacterClass {
 public:
  /// Those of ASCII from `first` to `last` but `without`, and `more`.
  constexpr CharacterClass(unsigned char first, unsigned char last, std::string_view without,
                           std::string_view more = {}) noexcept {
    for (std::size_t c = first; c <= last; ++c) has_[c] = true;
    for (const char c : without) has_[static_cast<unsigned char>(c)] = false;
    for (const char c : more) has_[static_cast<unsigned char>(c)] = true;
  }

  constexpr bool has(char c) const noexcept { return has_[static_cast<unsigned char>(c)]; }
  constexpr bool has_all(std::string_view text) const noexcept {
    return std::ranges::all_of(text, [this](char c) { return has(c); });
  }

 private:
  std::array<bool, 256> has_{};
};

}  // namespace weft::inline v0::w3c
