// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weft::inline v0::codec {

namespace short_copy {

using Block = std::uint64_t __attribute__((vector_size(16)));

inline constexpr std::uint64_t kHighBits = 0x8080808080808080U;

/// Copies `sizeof(Word)` to twice as many bytes as two words that overlap; their bits together.
template <class Word>
inline Word copy_two(char* out, const char* text, std::size_t size) noexcept {
  Word head;
  Word tail;
  std::memcpy(&head, text, sizeof head);
  std::memcpy(&tail, text + size - sizeof tail, sizeof tail);
  std::memcpy(out, &head, sizeof head);
  std::memcpy(out + size - sizeof tail, &tail, sizeof tail);
  return head | tail;
}

inline bool copy_blocks(char* out, const char* text, std::size_t size) noexcept {
  Block seen{};
  do {
    Block block;
    std::memcpy(&block, text, sizeof block);
    std::memcpy(out, &block, sizeof block);
    seen |= block;
    text += sizeof block;
    out += sizeof block;
    size -= sizeof block;
  } while (size > 2 * sizeof(Block));
  seen |= copy_two<Block>(out, text, size);
  return ((seen[0] | seen[1]) & kHighBits) == 0;
}

}  // namespace short_copy

/// Copies a short text and tells whether it is ASCII, in one pass: the high bits of all words that
/// go by are gathered. Overlapping words spare the loop over single bytes.
inline bool copy_ascii(char* out, const char* text, std::size_t size) noexcept {
  using namespace short_copy;
  if (size > 32) return copy_blocks(out, text, size);
  if (size >= 16) {
    const Block seen = copy_two<Block>(out, text, size);
    return ((seen[0] | seen[1]) & kHighBits) == 0;
  }
  if (size >= 8) return (copy_two<std::uint64_t>(out, text, size) & kHighBits) == 0;
  if (size >= 4) return (copy_two<std::uint32_t>(out, text, size) & 0x80808080U) == 0;
  if (size >= 2) return (copy_two<std::uint16_t>(out, text, size) & 0x8080U) == 0;
  if (size == 0) return true;
  *out = *text;
  return (static_cast<unsigned char>(*text) & 0x80U) == 0;
}

}  // namespace weft::inline v0::codec
