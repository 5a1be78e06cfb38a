// SPDX-License-Identifier: Apache-2.0
#include <weft/ids.hpp>

#include <array>
#include <bit>
#include <cstring>

// Eight bytes at a time with the compiler's vectors (SSE2, NEON, or plain words): 24 bytes are read
// and checked for every incoming request. What is left over goes through a table, digit by digit.

namespace weft::inline v0::detail {

namespace {

using Digits = std::int8_t __attribute__((vector_size(16)));  // signed: SSE2 compares no other
using Pairs = std::uint16_t __attribute__((vector_size(16)));
using Bytes = std::uint8_t __attribute__((vector_size(8)));

constexpr std::size_t kStep = sizeof(Bytes);
/// From '9' + 1 to 'a' in ASCII.
constexpr std::int8_t kLetterGap = 'a' - '9' - 1;
/// Where a pair's first digit, in memory, lies within 16 bits.
constexpr unsigned kFirst = std::endian::native == std::endian::little ? 0 : 8;
constexpr unsigned kSecond = 8 - kFirst;

template <class To, class From>
To same_bits(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// The digits of values below 16.
inline Digits spell(Digits values) noexcept { return values + '0' + ((values > 9) & kLetterGap); }

void write_step(const std::uint8_t* bytes, char* out) noexcept {
  Bytes in;
  std::memcpy(&in, bytes, sizeof in);
  const Pairs wide = __builtin_convertvector(in, Pairs);
  const Pairs values = ((wide >> 4) << kFirst) | ((wide & 15) << kSecond);
  const Digits text = spell(same_bits<Digits>(values));
  std::memcpy(out, &text, sizeof text);
}

/// The values of 16 digits, one in each lane; what is no lowercase hex digit leaves bits in
/// `wrong`.
[[gnu::always_inline]] inline Pairs read_pairs(const char* text, Digits& wrong) noexcept {
  Digits in;
  std::memcpy(&in, text, sizeof in);
  // What is neither digit nor letter does not spell the same again, or is 16 and more.
  const Digits values = (in & 15) + ((in > '9') & 9);
  wrong |= (spell(values) ^ in) | (values & 0x70);
  const Pairs pairs = same_bits<Pairs>(values);
  return (((pairs >> kFirst) << 4) | (pairs >> kSecond)) & 0xFF;
}

bool is_zero(Digits digits) noexcept {
  const auto halves = same_bits<std::array<std::uint64_t, 2>>(digits);
  return (halves[0] | halves[1]) == 0;
}

/// 32 digits, stored as one word: a trace id is loaded as one next, which would wait for two
/// halves.
bool read_two_steps(const char* text, std::uint8_t* out) noexcept {
  constexpr int k = std::endian::native == std::endian::little ? 0 : 1;
  Digits wrong{};
  const auto first = same_bits<Digits>(read_pairs(text, wrong));
  const auto second = same_bits<Digits>(read_pairs(text + sizeof(Digits), wrong));
  const Digits bytes =
      __builtin_shufflevector(first, second, k, k + 2, k + 4, k + 6, k + 8, k + 10, k + 12, k + 14,
                              k + 16, k + 18, k + 20, k + 22, k + 24, k + 26, k + 28, k + 30);
  std::memcpy(out, &bytes, sizeof bytes);
  return is_zero(wrong);
}

bool read_step(const char* text, std::uint8_t* out) noexcept {
  Digits wrong{};
  const Bytes bytes = __builtin_convertvector(read_pairs(text, wrong), Bytes);
  std::memcpy(out, &bytes, sizeof bytes);
  return is_zero(wrong);
}

constexpr std::string_view kDigits = "0123456789abcdef";

/// What a character is worth as a lowercase hex digit; 0xFF for another character.
constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xFF);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

}  // namespace

void write_hex(const std::uint8_t* bytes, std::size_t size, char* out) noexcept {
  for (; size >= kStep; size -= kStep, bytes += kStep, out += 2 * kStep) write_step(bytes, out);
  for (std::size_t i = 0; i < size; ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4U];
    out[2 * i + 1] = kDigits[bytes[i] & 15U];
  }
}

bool read_hex(std::string_view text, std::uint8_t* out, std::size_t size) noexcept {
  if (text.size() != 2 * size) return false;
  const char* in = text.data();
  for (; size >= 2 * kStep; size -= 2 * kStep, in += 4 * kStep, out += 2 * kStep) {
    if (!read_two_steps(in, out)) return false;
  }
  for (; size >= kStep; size -= kStep, in += 2 * kStep, out += kStep) {
    if (!read_step(in, out)) return false;
  }
  unsigned seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned high = kValues[static_cast<unsigned char>(in[2 * i])];
    const unsigned low = kValues[static_cast<unsigned char>(in[2 * i + 1])];
    seen |= high | low;
    out[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return seen < 16;
}

}  // namespace weft::inline v0::detail
