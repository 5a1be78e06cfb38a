// SPDX-License-Identifier: Apache-2.0
#include "substitution.hpp"

#include <algorithm>

namespace weft::inline v0::config {

namespace {

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

// What `${inner}` stands for; none when it is no reference.
std::optional<std::string> value_of(std::string_view inner, const Variables& variables) {
  constexpr std::string_view kPrefix = "env:";
  if (inner.starts_with(kPrefix)) inner.remove_prefix(kPrefix.size());
  const std::size_t end = inner.find(":-");
  const std::string name(inner.substr(0, end));
  if (!is_name(name)) return std::nullopt;
  std::optional<std::string> value = variables(name.c_str());
  if (value && !value->empty()) return value;
  return std::string(end == std::string_view::npos ? std::string_view() : inner.substr(end + 2));
}

// A piece without escapes.
bool append_piece(std::string& out, std::string_view piece, const Variables& variables,
                  std::string& bad) {
  while (!piece.empty()) {
    const std::size_t begin = piece.find("${");
    const std::size_t end = begin != piece.npos ? piece.find('}', begin) : piece.npos;
    if (end == piece.npos) break;
    const auto value = value_of(piece.substr(begin + 2, end - begin - 2), variables);
    if (!value) {
      bad = piece.substr(begin, end - begin + 1);
      return false;
    }
    out += piece.substr(0, begin);
    out += *value;
    piece.remove_prefix(end + 1);
  }
  out += piece;
  return true;
}

}  // namespace

std::optional<std::string> substituted(std::string_view text, const Variables& variables,
                                       std::string& bad) {
  std::string out;
  for (;;) {
    const std::size_t escape = text.find("$$");
    if (!append_piece(out, text.substr(0, escape), variables, bad)) return std::nullopt;
    if (escape == text.npos) return out;
    out += '$';
    text.remove_prefix(escape + 2);
  }
}

}  // namespace weft::inline v0::config
