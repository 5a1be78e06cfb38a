// SPDX-License-Identifier: Apache-2.0
#include "codec/json_writer.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

#include "codec/utf8.hpp"

namespace weft::inline v0::codec {

namespace {

constexpr char kDigits[] = "0123456789abcdef";

// Goes into a JSON text as it is.
bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// A number by its shortest digits: 0.d₁d₂d₃… × 10^point.
struct Decimal {
  explicit Decimal(double value) noexcept {
    char text[40];
    const char* const end =
        std::to_chars(text, text + 40, value, std::chars_format::scientific).ptr;
    const char* at = text;
    for (; *at != 'e'; ++at) {
      if (*at >= '0' && *at <= '9') digits[size++] = *at;
    }
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, end, point);
    ++point;
  }
  std::string_view first(int count) const noexcept {
    return std::string_view(digits, static_cast<std::size_t>(size))
        .substr(0, static_cast<std::size_t>(count));
  }
  std::string_view from(int place) const noexcept {
    return std::string_view(digits, static_cast<std::size_t>(size))
        .substr(static_cast<std::size_t>(place));
  }

  char digits[24]{};
  int size = 0;
  int point = 0;
};

void append_exponent(int exponent, std::string& out) {
  out += exponent < 0 ? "e-" : "e+";
  exponent = std::abs(exponent);
  if (exponent < 10) out += '0';
  out += std::to_string(exponent);
}

// A number that is whole keeps a fraction: who reads 1.0 knows that it is no integer.
void append_real(double value, std::string& out) {
  constexpr int kMostDigits = 15;  // before the point, and four zeros behind it: then an exponent
  if (std::signbit(value)) out += '-';
  const Decimal number(std::abs(value));
  const int zeros = number.point - number.size;
  if (value == 0) {
    out += "0.0";
  } else if (number.point > kMostDigits || number.point < -3) {
    out += number.first(1);
    if (number.size > 1) (out += '.') += number.from(1);
    append_exponent(number.point - 1, out);
  } else if (number.point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-number.point), '0') += number.from(0);
  } else if (zeros >= 0) {
    ((out += number.from(0)).append(static_cast<std::size_t>(zeros), '0')) += ".0";
  } else {
    ((out += number.first(number.point)) += '.') += number.from(number.point);
  }
}

}  // namespace

std::string_view name_of_no_number(double value) noexcept {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return plain_text(name_of_no_number(value));
  separate();
  append_real(value, out_);
}

void JsonWriter::plain_text(std::string_view value) {
  separate();
  ((out_ += '"') += value) += '"';
}

void JsonWriter::hex(std::string_view bytes) {
  separate();
  out_ += '"';
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out_ += kDigits[byte >> 4U];
    out_ += kDigits[byte & 15U];
  }
  out_ += '"';
}

void JsonWriter::text(std::string_view value) {
  separate();
  out_ += '"';
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain])) ++plain;
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (!value.empty()) value.remove_prefix(special(value));
  }
  out_ += '"';
}

// How many bytes of what is left it has written: an escape, or a character that is not ASCII.
std::size_t JsonWriter::special(std::string_view rest) {
  if (static_cast<unsigned char>(rest[0]) < 0x80) {
    escape(rest[0]);
    return 1;
  }
  const std::size_t size = character_size(rest);
  out_ += size == 0 ? "\xEF\xBF\xBD" : rest.substr(0, size);
  return size == 0 ? 1 : size;
}

void JsonWriter::escape(char c) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  out_ += '\\';
  if (const std::size_t place = kNamed.find(c); place != kNamed.npos) {
    out_ += kNames[place];
  } else {
    const auto byte = static_cast<unsigned char>(c);
    ((out_ += "u00") += kDigits[byte >> 4U]) += kDigits[byte & 15U];
  }
}

}  // namespace weft::inline v0::codec
