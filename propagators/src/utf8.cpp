// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include <algorithm>

namespace weft::inline v0::w3c {

namespace {

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<unsigned char>(text[i]);
}

bool is_between(unsigned byte, unsigned low, unsigned high) noexcept {
  return byte >= low && byte <= high;
}

/// The second byte's range keeps out overlong forms, surrogates and what is past U+10FFFF.
bool second_fits(unsigned first, unsigned second) noexcept {
  switch (first) {
    case 0xE0:
      return is_between(second, 0xA0, 0xBF);
    case 0xED:
      return is_between(second, 0x80, 0x9F);
    case 0xF0:
      return is_between(second, 0x90, 0xBF);
    case 0xF4:
      return is_between(second, 0x80, 0x8F);
    default:
      return is_between(second, 0x80, 0xBF);
  }
}

std::size_t size_by_first(unsigned first) noexcept {
  if (first < 0x80) return 1;
  if (is_between(first, 0xC2, 0xDF)) return 2;
  if (is_between(first, 0xE0, 0xEF)) return 3;
  if (is_between(first, 0xF0, 0xF4)) return 4;
  return 0;
}

}  // namespace

std::size_t character_size(std::string_view text) noexcept {
  const unsigned first = byte_at(text, 0);
  const std::size_t size = size_by_first(first);
  if (size <= 1) return size;
  if (text.size() < size || !second_fits(first, byte_at(text, 1))) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_between(byte_at(text, i), 0x80, 0xBF)) return 0;
  }
  return size;
}

std::string repaired(std::string text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return text;
  std::string out;
  out.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t size = character_size(rest);
    out += size != 0 ? rest.substr(0, size) : kReplacementCharacter;
    rest.remove_prefix(size != 0 ? size : 1);
  }
  return out;
}

}  // namespace weft::inline v0::w3c
