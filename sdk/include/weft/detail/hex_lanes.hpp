// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <weft/version.hpp>

// Hex digits sixteen at a time, with the compiler's vectors (SSE2, NEON, or plain words). Inline,
// because a traceparent is read and written for every request. Not part of the public face.

namespace weft::inline v0::detail {

using HexLanes = std::uint8_t __attribute__((vector_size(16)));

namespace hex {

using Signed = std::int8_t __attribute__((vector_size(16)));  // SSE2 compares no other
using Pairs = std::uint16_t __attribute__((vector_size(16)));
using Words = std::uint64_t __attribute__((vector_size(16)));

inline constexpr std::uint8_t kLetterGap = 'a' - '9' - 1;  // from '9' + 1 to 'a' in ASCII

template <class To, class From>
To same_bits(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// Eight bytes, by themselves: an id may just have been written by words, and a wider load, which
/// compilers like to make of two, would wait until they have left the store buffer.
inline std::uint64_t word_at(const std::uint8_t* bytes) noexcept {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  asm("" : "+r"(word));
  return word;
}

/// All bits where a lane is more than `limit`, as signed numbers.
inline HexLanes above(HexLanes lanes, std::int8_t limit) noexcept {
  return same_bits<HexLanes>(same_bits<Signed>(lanes) > limit);
}

/// The digits of values below 16.
inline HexLanes spell(HexLanes values) noexcept {
  return values + '0' + (above(values, 9) & kLetterGap);
}

}  // namespace hex

/// 32 digits of 16 bytes.
inline void write_hex_of_16(const std::uint8_t* bytes, char* out) noexcept {
  const auto in =
      hex::same_bits<HexLanes>(hex::Words{hex::word_at(bytes), hex::word_at(bytes + 8)});
  const HexLanes high = hex::spell(in >> 4);
  const HexLanes low = hex::spell(in & 15);
  const HexLanes first =
      __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const HexLanes second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                  13, 29, 14, 30, 15, 31);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + sizeof first, &second, sizeof second);
}

/// 16 digits of 8 bytes.
inline void write_hex_of_8(const std::uint8_t* bytes, char* out) noexcept {
  const auto in = hex::same_bits<HexLanes>(hex::Words{hex::word_at(bytes)});
  const HexLanes values = __builtin_shufflevector(in >> 4, in & 15, 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                  20, 5, 21, 6, 22, 7, 23);
  const HexLanes text = hex::spell(values);
  std::memcpy(out, &text, sizeof text);
}

/// What 16 lowercase digits are worth, one in each lane. Another character leaves something of the
/// upper half in its lane of `wrong`.
inline HexLanes hex_values(const char* text, HexLanes& wrong) noexcept {
  HexLanes in;
  std::memcpy(&in, text, sizeof in);
  const HexLanes is_letter = hex::above(in, 'a' - 1);
  const HexLanes values = in - '0' - (is_letter & hex::kLetterGap);
  // What lies between '9' and 'a' is 10 and more without being a letter.
  wrong |= values | (hex::above(values, 9) ^ is_letter);
  return values;
}

inline bool any_wrong(HexLanes wrong) noexcept {
  const auto words = hex::same_bits<hex::Words>(wrong & 0xF0);
  return (words[0] | words[1]) != 0;
}

/// The first `Size` bytes that 32 digits of those values spell.
template <std::size_t Size>
std::array<std::uint8_t, Size> hex_bytes(HexLanes first, HexLanes second) noexcept {
  // Where a pair's first digit, in memory, lies within 16 bits.
  constexpr unsigned kFirst = std::endian::native == std::endian::little ? 0 : 8;
  constexpr int k = std::endian::native == std::endian::little ? 0 : 1;
  const auto join = [](HexLanes values) {
    const auto pairs = hex::same_bits<hex::Pairs>(values);
    return hex::same_bits<HexLanes>(((pairs >> kFirst) << 4) | (pairs >> (8 - kFirst)));
  };
  const HexLanes all = __builtin_shufflevector(join(first), join(second), k, k + 2, k + 4, k + 6,
                                               k + 8, k + 10, k + 12, k + 14, k + 16, k + 18,
                                               k + 20, k + 22, k + 24, k + 26, k + 28, k + 30);
  std::array<std::uint8_t, Size> bytes;
  std::memcpy(bytes.data(), &all, Size);  // one word: loaded as one next, it waits for none
  return bytes;
}

}  // namespace weft::inline v0::detail
