// SPDX-License-Identifier: Apache-2.0
#include "tracer/environment.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "platform/visible_text.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kLongestShown = 120;

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Calls `visit` with what is between the commas, trimmed, until it returns false.
template <class Visit>
bool for_each_member(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view member = trimmed(text.substr(0, comma));
    if (!member.empty() && !visit(member)) return false;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return true;
}

std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view member) {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto key = percent_decoded(trimmed(member.substr(0, equals)));
  auto value = percent_decoded(trimmed(member.substr(equals + 1)));
  if (!key || key->empty() || !value) return std::nullopt;
  return std::pair(std::move(*key), std::move(*value));
}

}  // namespace

std::string refusal(std::string_view name, std::string_view value, std::string_view reason,
                    std::string_view instead) {
  std::string text(name);
  text += "=\"";
  text += visible_text(value, kLongestShown);
  text += "\" ";
  text += reason;
  text += "; ";
  text += instead;
  return text;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<double> parse_ratio(std::string_view text) noexcept {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // Written so that NaN, which compares with nothing, is refused.
  if (error != std::errc() || stop != end || !(number >= 0 && number <= 1)) return std::nullopt;
  return number;
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> list;
  for_each_member(text, [&](std::string_view member) {
    list.emplace_back(member);
    return true;
  });
  return list;
}

std::string one_line(std::string_view text) { return visible_text(text, text.size()); }

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
    if (error != std::errc() || digits.size() != 2 || stop != end) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::optional<TextPairs> parse_pairs(std::string_view text) {
  TextPairs pairs;
  const bool whole = for_each_member(text, [&](std::string_view member) {
    auto pair = parse_pair(member);
    if (pair) pairs.push_back(std::move(*pair));
    return pair.has_value();
  });
  if (!whole) return std::nullopt;
  return pairs;
}

std::optional<std::string> Environment::text(const char* name) const {
  std::optional<std::string> value = getter_(name);
  if (!value) return std::nullopt;
  const std::string_view inner = trimmed(*value);
  if (inner.empty()) return std::nullopt;
  return std::string(inner);
}

bool Environment::flag(const char* name) const {
  const auto value = text(name);
  if (!value) return false;
  const std::string lower = lower_case(*value);
  if (lower != "true" && lower != "false") {
    refuse(name, *value, "is neither true nor false", "false is used");
  }
  return lower == "true";
}

std::optional<std::uint64_t> Environment::integer(const char* name, std::uint64_t least,
                                                  std::uint64_t most,
                                                  std::string_view instead) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = parse_integer(*value);
  if (number && *number >= least && *number <= most) return number;
  std::string reason = "is not a whole number of at least " + std::to_string(least);
  if (most != UINT64_MAX) reason += " and at most " + std::to_string(most);
  refuse(name, *value, reason, instead);
  return std::nullopt;
}

std::optional<double> Environment::ratio(const char* name, std::string_view instead) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = parse_ratio(*value);
  if (!number) refuse(name, *value, "is not a number from 0 to 1", instead);
  return number;
}

std::vector<std::string> Environment::names(const char* name) const {
  std::vector<std::string> list;
  for (std::string& member : parse_list(text(name).value_or(""))) {
    const std::string lower = lower_case(member);
    const bool is_known = std::any_of(list.begin(), list.end(), [&](const std::string& other) {
      return lower_case(other) == lower;
    });
    if (!is_known) list.push_back(std::move(member));
  }
  return list;
}

std::optional<TextPairs> Environment::pairs(const char* name, std::string_view instead) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  auto parsed = parse_pairs(*value);
  if (!parsed) {
    refuse(name, *value, "is not a list of key=value, percent-encoded and separated by commas",
           instead);
  }
  return parsed;
}

void Environment::refuse(const char* name, std::string_view value, std::string_view reason,
                         std::string_view instead) const {
  sink_(ErrorCode::invalid_environment, refusal(source(name), value, reason, instead));
}

std::string Environment::source(const char* name) const {
  std::string place = place_ ? place_(name) : std::string();
  return place.empty() ? name : place;
}

std::optional<std::string> process_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace weft::inline v0::detail
