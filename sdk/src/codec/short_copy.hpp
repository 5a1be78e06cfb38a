// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/// Not 0: a byte of them has its high bit.
inline std::uint64_t high_bits(Block block) noexcept {
#if defined(__SSE2__)
  return static_cast<std::uint64_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(block)));
#else
  return (block[0] | block[1]) & kHighBits;
#endif
}

inline std::uint64_t copy_blocks(char* out, const char* text, std::size_t size) noexcept {
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
  return high_bits(seen | copy_two<Block>(out, text, size));
}

}  // namespace short_copy

/// The most bytes that `copy_few` copies.
inline constexpr std::size_t kFew = 32;

/// Copies at most kFew bytes, and gathers in `seen` what tells of ASCII: none of kHighBits is set.
[[gnu::always_inline]] inline void copy_few(char* out, const char* text, std::size_t size,
                                            std::uint64_t& seen) noexcept {
  using namespace short_copy;
  if (size >= 16) {
    // Negated, the lowest bit that is set stays, and all above it are set.
    seen |= 0 - high_bits(copy_two<Block>(out, text, size));
  } else if (size >= 8) {
    seen |= copy_two<std::uint64_t>(out, text, size);
  } else if (size >= 4) {
    seen |= copy_two<std::uint32_t>(out, text, size);
  } else if (size >= 2) {
    seen |= copy_two<std::uint16_t>(out, text, size);
  } else if (size != 0) {
    *out = *text;
    seen |= static_cast<unsigned char>(*text);
  }
}

/// Copies a short text and tells by 0 whether it is ASCII, in one pass: the high bits of all words
/// that go by are gathered. Overlapping words spare the loop over single bytes.
[[gnu::always_inline]] inline std::uint64_t copy_and_look(char* out, const char* text,
                                                          std::size_t size) noexcept {
  using namespace short_copy;
  if (size > 32) return copy_blocks(out, text, size);
  if (size >= 16) return high_bits(copy_two<Block>(out, text, size));
  if (size >= 8) return copy_two<std::uint64_t>(out, text, size) & kHighBits;
  if (size >= 4) return copy_two<std::uint32_t>(out, text, size) & 0x80808080U;
  if (size >= 2) return copy_two<std::uint16_t>(out, text, size) & 0x8080U;
  if (size == 0) return 0;
  *out = *text;
  return static_cast<unsigned char>(*text) & 0x80U;
}

}  // namespace weft::inline v0::codec
