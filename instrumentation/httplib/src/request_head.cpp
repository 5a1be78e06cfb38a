// SPDX-License-Identifier: Apache-2.0
#include "request_head.hpp"

#include <algorithm>

namespace weft::inline v0::httplib::detail {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// W3C baggage: `baggage-octet`, and what separates members, properties, keys and values.
bool stays(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  if (is_blank(c)) return true;
  return byte > 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '%';
}

}  // namespace

HeaderList parse_head(std::string_view head) {
  HeaderList headers;
  head.remove_prefix(std::min(head.find("\r\n"), head.size()));
  while (head.starts_with("\r\n")) {
    head.remove_prefix(2);
    std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size());
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) continue;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
    while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
    headers.emplace_back(line.substr(0, colon), value);
  }
  return headers;
}

std::string encode_baggage_again(std::string_view decoded) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(decoded.size());
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    const char c = decoded[i];
    // A blank inside a value was encoded; one beside a separator may be the sender's.
    const bool inner_blank =
        is_blank(c) && i > 0 && i + 1 < decoded.size() &&
        std::string_view(",;= \t").find(decoded[i - 1]) == std::string_view::npos &&
        std::string_view(",;= \t").find(decoded[i + 1]) == std::string_view::npos;
    if (stays(c) && !inner_blank) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      ((out += '%') += kDigits[byte >> 4U]) += kDigits[byte & 15U];
    }
  }
  return out;
}

}  // namespace weft::inline v0::httplib::detail
