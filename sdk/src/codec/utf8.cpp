// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.hpp"

namespace weft::inline v0::codec {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool between(unsigned char byte, unsigned low, unsigned high) noexcept {
  return byte >= low && byte <= high;
}

bool continues(std::string_view text, std::size_t from, std::size_t to) noexcept {
  for (std::size_t i = from; i < to; ++i) {
    if (!between(static_cast<unsigned char>(text[i]), 0x80, 0xBF)) return false;
  }
  return true;
}

// What the second byte may be depends on the first: no overlong forms, no surrogates.
bool second_fits(unsigned char first, unsigned char second) noexcept {
  switch (first) {
    case 0xE0:
      return between(second, 0xA0, 0xBF);
    case 0xED:
      return between(second, 0x80, 0x9F);
    case 0xF0:
      return between(second, 0x90, 0xBF);
    case 0xF4:
      return between(second, 0x80, 0x8F);
    default:
      return between(second, 0x80, 0xBF);
  }
}

}  // namespace

std::size_t character_size(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t size = between(first, 0xC2, 0xDF)   ? 2
                           : between(first, 0xE0, 0xEF) ? 3
                           : between(first, 0xF0, 0xF4) ? 4
                                                        : 0;
  if (size == 0 || text.size() < size) return 0;
  if (!second_fits(first, static_cast<unsigned char>(text[1]))) return 0;
  return continues(text, 2, size) ? size : 0;
}

bool is_utf8(std::string_view text) noexcept {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t repaired_size(std::string_view text) noexcept {
  std::size_t total = 0;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    total += size == 0 ? kReplacement.size() : size;
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return total;
}

char* write_repaired(std::string_view text, char* out) noexcept {
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view piece = size == 0 ? kReplacement : text.substr(0, size);
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::string_view first_characters(std::string_view text, std::size_t characters) noexcept {
  if (text.size() <= characters) return text;
  std::size_t at = 0;
  for (; characters > 0 && at < text.size(); --characters) {
    const std::size_t size = character_size(text.substr(at));
    at += size == 0 ? 1 : size;
  }
  return text.substr(0, at);
}

}  // namespace weft::inline v0::codec
