// SPDX-License-Identifier: Apache-2.0
#include "wire/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <string>

namespace weft::inline v0::wire {

namespace {

// A year: more than anyone waits, and far from the end of every clock's range.
constexpr std::chrono::seconds kLongest{365L * 24 * 3600};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::chrono::seconds read_seconds(std::string_view digits) {
  std::chrono::seconds value{0};
  for (const char digit : digits) {
    value = std::min(kLongest, value * 10 + std::chrono::seconds(digit - '0'));
  }
  return value;
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now) {
  value = trimmed(value);
  if (value.empty()) return std::nullopt;
  if (value.find_first_not_of("0123456789") == value.npos) return read_seconds(value);
  const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date == -1) return std::nullopt;
  const std::chrono::seconds wait =
      std::chrono::seconds(date) - std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  return std::clamp(wait, std::chrono::seconds{0}, kLongest);
}

}  // namespace weft::inline v0::wire
