// SPDX-License-Identifier: Apache-2.0
#include "delivery/variables.hpp"

#include <charconv>
#include <cstdint>

#include "delivery/printable.hpp"
#include "wire/endpoint.hpp"

namespace weft::inline v0::delivery {

std::string_view variable(const std::string& name) noexcept {
  const char* value = std::getenv(name.c_str());
  const std::string_view text = value == nullptr ? "" : value;
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string shown_variable(const std::string& name, std::string_view value) {
  return name + "=\"" + printable(wire::without_password(value)) + '"';
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) noexcept {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != lower_case[i]) return false;
  }
  return true;
}

bool take_timeout(std::string_view value, std::string& why, std::chrono::milliseconds& timeout) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    why = "it is no number of milliseconds";
    return false;
  }
  if (number < 0 || number > 1'000'000'000) {
    why = number < 0 ? "a timeout cannot be negative" : "it is longer than eleven days";
    return false;
  }
  timeout = std::chrono::milliseconds(number);
  return true;
}

}  // namespace weft::inline v0::delivery
