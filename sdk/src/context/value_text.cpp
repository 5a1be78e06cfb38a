// SPDX-License-Identifier: Apache-2.0
#include <weft/detail/value_text.hpp>

#include <charconv>
#include <cstddef>

#include "platform/type_name.hpp"
#include "platform/visible_text.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kShownBytes = 256;

template <class Number>
void append_chars(std::string& out, Number number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  if (error == std::errc()) out.append(text, end);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char character : visible_text(text, kShownBytes)) {
    if (character == '"') out += '\\';
    out += character;
  }
  out += '"';
}

void append_number(std::string& out, long long number) { append_chars(out, number); }
void append_number(std::string& out, unsigned long long number) { append_chars(out, number); }
void append_number(std::string& out, double number) { append_chars(out, number); }

void append_type(std::string& out, const std::type_info& type) {
  out += '<';
  out += visible_text(type_name(type), kShownBytes);
  out += '>';
}

}  // namespace weft::inline v0::detail
