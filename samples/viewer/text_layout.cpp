// SPDX-License-Identifier: Apache-2.0
#include "text_layout.hpp"

#include <array>
#include <cstdio>

namespace viewer {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

}  // namespace

std::size_t columns(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += continues(c) ? 0 : 1;
  return count;
}

std::string fit(std::string_view text, std::size_t width, bool ascii) {
  const std::size_t size = columns(text);
  if (size <= width) return std::string(text) + std::string(width - size, ' ');
  const std::string_view mark = ascii ? "~" : "…";
  std::size_t taken = 0;
  std::size_t end = 0;
  while (end < text.size() && taken + 1 < width) {
    ++end;
    while (end < text.size() && continues(text[end])) ++end;
    ++taken;
  }
  return width == 0 ? std::string() : std::string(text.substr(0, end)) + std::string(mark);
}

std::string fit_right(std::string_view text, std::size_t width) {
  const std::size_t size = columns(text);
  return std::string(size < width ? width - size : 0, ' ') + std::string(text);
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool second_set = byte == 0xC2 && i + 1 < text.size() &&
                            static_cast<unsigned char>(text[i + 1]) < 0xA0;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7F || second_set) {
      out += '?';
      if (second_set) ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string duration_text(std::uint64_t nanoseconds, bool ascii) {
  std::array<char, 32> text{};
  const auto value = static_cast<double>(nanoseconds);
  if (value < 9.5e3 && nanoseconds > 0) {
    std::snprintf(text.data(), text.size(), "%.0f %s", value / 1e3, ascii ? "us" : "µs");
  } else if (value < 995e3) {
    std::snprintf(text.data(), text.size(), "%.2f ms", value / 1e6);
  } else if (value < 999.95e6) {
    std::snprintf(text.data(), text.size(), "%.1f ms", value / 1e6);
  } else {
    std::snprintf(text.data(), text.size(), "%.2f s", value / 1e9);
  }
  return text.data();
}

}  // namespace viewer
