// SPDX-License-Identifier: Apache-2.0
#include "platform/visible_text.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr bool is_control(unsigned char byte) noexcept { return byte < 0x20 || byte == 0x7f; }
constexpr bool is_continuation(unsigned char byte) noexcept { return (byte & 0xc0U) == 0x80; }

// U+0080 to U+009F, which terminals obey too; in UTF-8 always this pair.
bool is_c1_control(std::string_view text, std::size_t at) noexcept {
  if (static_cast<unsigned char>(text[at]) != 0xc2 || at + 1 == text.size()) return false;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return second >= 0x80 && second <= 0x9f;
}

void append_spelled(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
  }
}

std::string_view whole_characters(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  std::size_t size = limit;
  // A character has at most three continuation bytes; more is not text, and cut anywhere.
  for (int back = 0; back < 3 && size > 0; ++back) {
    if (!is_continuation(static_cast<unsigned char>(text[size]))) break;
    --size;
  }
  return text.substr(0, size);
}

}  // namespace

std::string visible_text(std::string_view text, std::size_t limit) {
  const std::string_view shown = whole_characters(text, limit);
  std::string out;
  out.reserve(shown.size() + 32);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    if (is_c1_control(shown, i)) {
      append_spelled(out, static_cast<unsigned char>(shown[++i]));
    } else if (is_control(byte)) {
      append_spelled(out, byte);
    } else {
      out += shown[i];
    }
  }
  if (shown.size() < text.size()) {
    out += "… (";
    out += std::to_string(text.size());
    out += " bytes)";
  }
  return out;
}

}  // namespace weft::inline v0::detail
