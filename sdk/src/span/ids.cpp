// SPDX-License-Identifier: Apache-2.0
#include <weft/ids.hpp>

#include <array>

#include <weft/detail/hex_lanes.hpp>

// In vectors as far as they go; what is left over goes through a table, digit by digit.

namespace weft::inline v0::detail {

namespace {

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
  for (; size >= 16; size -= 16, bytes += 16, out += 32) write_hex_of_16(bytes, out);
  if (size >= 8) {
    write_hex_of_8(bytes, out);
    size -= 8, bytes += 8, out += 16;
  }
  for (std::size_t i = 0; i < size; ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4U];
    out[2 * i + 1] = kDigits[bytes[i] & 15U];
  }
}

bool read_hex(std::string_view text, std::uint8_t* out, std::size_t size) noexcept {
  if (text.size() != 2 * size) return false;
  const char* in = text.data();
  HexLanes wrong{};
  for (; size >= 16; size -= 16, in += 32, out += 16) {
    const HexLanes first = hex_values(in, wrong);
    const auto bytes = hex_bytes<16>(first, hex_values(in + 16, wrong));
    std::memcpy(out, bytes.data(), 16);
  }
  if (size >= 8) {
    const HexLanes values = hex_values(in, wrong);
    const auto bytes = hex_bytes<8>(values, values);
    std::memcpy(out, bytes.data(), 8);
    size -= 8, in += 16, out += 8;
  }
  unsigned seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned high = kValues[static_cast<unsigned char>(in[2 * i])];
    const unsigned low = kValues[static_cast<unsigned char>(in[2 * i + 1])];
    seen |= high | low;
    out[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return seen < 16 && !any_wrong(wrong);
}

}  // namespace weft::inline v0::detail
