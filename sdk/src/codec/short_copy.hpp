// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weft::inline v0::codec {

/// Copies a short text and tells whether it is ASCII, in one pass: the high bits of all words that
/// go by are gathered. Overlapping words at the end spare the loop over single bytes.
inline bool copy_ascii(char* out, const char* text, std::size_t size) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  if (size >= 8) {
    std::uint64_t seen = 0;
    std::uint64_t word = 0;
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
      std::memcpy(&word, text + at, 8);
      std::memcpy(out + at, &word, 8);
      seen |= word;
    }
    std::memcpy(&word, text + size - 8, 8);
    std::memcpy(out + size - 8, &word, 8);
    return ((seen | word) & kHighBits) == 0;
  }
  if (size >= 4) {
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    std::memcpy(&head, text, 4);
    std::memcpy(&tail, text + size - 4, 4);
    std::memcpy(out, &head, 4);
    std::memcpy(out + size - 4, &tail, 4);
    return ((head | tail) & static_cast<std::uint32_t>(kHighBits)) == 0;
  }
  unsigned seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = text[i];
    seen |= static_cast<unsigned char>(text[i]);
  }
  return (seen & 0x80U) == 0;
}

}  // namespace weft::inline v0::codec
