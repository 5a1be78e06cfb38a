// SPDX-License-Identifier: Apache-2.0
#include "delivery/header_list.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace weft::inline v0::delivery {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) noexcept {
  const auto is_token_character = [](char c) {
    constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kPunctuation.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

// RFC 9110, 5.5: a line break would begin a header of somebody's choice.
bool is_header_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool same_name(std::string_view name, std::string_view lower_case) noexcept {
  return std::ranges::equal(name, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

bool is_ours(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 11> kOurs{"content-type",
                                                   "te",
                                                   "grpc-timeout",
                                                   "grpc-encoding",
                                                   "grpc-accept-encoding",
                                                   "content-encoding",
                                                   "content-length",
                                                   "transfer-encoding",
                                                   "connection",
                                                   "expect",
                                                   "b3"};
  return std::ranges::any_of(kOurs, [&](auto ours) { return same_name(name, ours); });
}

}  // namespace

// What is no percent-encoded byte stays as it is: secrets are often pasted as they are.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool room = text[i] == '%' && i + 2 < text.size();
    const int high = room ? hex_digit(text[i + 1]) : -1;
    const int low = room ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::string_view refusal_of_header(std::string_view name, std::string_view value) noexcept {
  if (!is_token(name)) return "its name is no HTTP header name";
  if (!is_header_value(value)) return "its value has control characters";
  if (is_ours(name)) return "the exporter sets this header itself";
  return "";
}

std::optional<Headers> parse_header_list(std::string_view text, std::string& why) {
  Headers headers;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view member = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (member.empty()) continue;
    const std::size_t equals = member.find('=');
    if (equals == member.npos) {
      why = "member " + std::to_string(number) + " is not key=value";
      return std::nullopt;
    }
    std::string key(trimmed(member.substr(0, equals)));
    std::string value = percent_decoded(trimmed(member.substr(equals + 1)));
    if (const auto refusal = refusal_of_header(key, value); !refusal.empty()) {
      why = "member " + std::to_string(number) + ": " + std::string(refusal);
      return std::nullopt;
    }
    headers.insert_or_assign(std::move(key), std::move(value));
  }
  return headers;
}

}  // namespace weft::inline v0::delivery
