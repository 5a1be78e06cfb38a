// SPDX-License-Identifier: Apache-2.0
#include "scalar.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

namespace weft::inline v0::config {

namespace {

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

template <class Number, class... Base>
std::optional<Number> whole(std::string_view digits, Base... base) {
  Number number{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base...);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with("0x")) return whole<std::int64_t>(text.substr(2), 16);
  if (text.starts_with("0o")) return whole<std::int64_t>(text.substr(2), 8);
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  return whole<std::int64_t>(text, 10);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, so no "inf" nor "nan" that
// from_chars would take.
std::optional<double> real(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (is_any_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (is_any_of(text, {".inf", ".Inf", ".INF"})) return is_negative ? -kInfinity : kInfinity;
  const bool begins_well =
      !text.empty() && ((text[0] >= '0' && text[0] <= '9') ||
                        (text[0] == '.' && text.size() > 1 && text[1] >= '0' && text[1] <= '9'));
  if (!begins_well) return std::nullopt;
  const auto number = whole<double>(text);
  if (!number) return std::nullopt;
  return is_negative ? -*number : *number;
}

}  // namespace

Properties::Value typed_scalar(std::string text) {
  if (is_any_of(text, {"", "~", "null", "Null", "NULL"})) return std::monostate();
  if (is_any_of(text, {"true", "True", "TRUE"})) return true;
  if (is_any_of(text, {"false", "False", "FALSE"})) return false;
  if (const auto number = integer(text)) return *number;
  if (const auto number = real(text)) return *number;
  return text;
}

}  // namespace weft::inline v0::config
