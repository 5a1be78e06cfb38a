// SPDX-License-Identifier: Apache-2.0
#include "http_conventions.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace weft::inline v0::httplib::detail {
namespace {

constexpr std::string_view kRedacted = "REDACTED";

constexpr std::array<std::string_view, 10> kMethods = {
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"};

constexpr std::array<std::string_view, 7> kSecretKeys = {
    "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token",
    "AWSAccessKeyId",  "Signature",        "sig",
    "X-Goog-Signature"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts the part before `separator` off `rest`.
std::string_view take_until(std::string_view& rest, char separator) noexcept {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// An address without its port, brackets and quotes; empty for `unknown` and `_hidden` ones.
std::string node_address(std::string_view node) {
  node = trimmed(node);
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
    node = node.substr(1, node.size() - 2);
  }
  if (node.empty() || node.front() == '_' || same_name(node, "unknown")) return {};
  if (node.front() == '[') return std::string(node.substr(1, node.find(']') - 1));
  const bool one_colon = std::count(node.begin(), node.end(), ':') == 1;
  return std::string(one_colon ? node.substr(0, node.find(':')) : node);
}

/// RFC 7239: `for=192.0.2.60;proto=http;by=203.0.113.43, for=…`
std::string forwarded_for(std::string_view value) {
  std::string_view first = take_until(value, ',');
  while (!first.empty()) {
    std::string_view pair = trimmed(take_until(first, ';'));
    const std::string_view key = take_until(pair, '=');
    if (same_name(trimmed(key), "for")) return node_address(pair);
  }
  return {};
}

}  // namespace

KnownMethods::KnownMethods() : methods_(kMethods.begin(), kMethods.end()) {
  const char* listed = std::getenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS");
  if (listed == nullptr || *listed == '\0') return;
  methods_.clear();
  for (std::string_view rest = listed; !rest.empty();) {
    const std::string_view method = trimmed(take_until(rest, ','));
    if (!method.empty()) methods_.emplace_back(method);
  }
}

bool KnownMethods::contains(std::string_view method) const noexcept {
  return std::find(methods_.begin(), methods_.end(), method) != methods_.end();
}

std::optional<Authority> parse_authority(std::string_view text) {
  text = trimmed(text);
  text.remove_prefix(text.find('@') == std::string_view::npos ? 0 : text.find('@') + 1);
  Authority authority;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    authority.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return std::nullopt;
  } else {
    authority.host = text.substr(0, text.find(':'));
    text.remove_prefix(authority.host.size());
  }
  if (authority.host.empty()) return std::nullopt;
  if (text.size() > 1) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, authority.port);
    if (error != std::errc() || stop != end || authority.port < 1 || authority.port > 65535) {
      return std::nullopt;
    }
  }
  return authority;
}

std::string redact_query(std::string_view query) {
  std::string out;
  out.reserve(query.size());
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const auto equals = pair.find('=');
    const std::string_view key = pair.substr(0, equals);
    const bool secret = equals != std::string_view::npos &&
                        std::find(kSecretKeys.begin(), kSecretKeys.end(), key) != kSecretKeys.end();
    out += secret ? pair.substr(0, equals + 1) : pair;
    if (secret) out += kRedacted;
    query.remove_prefix(pair.size());
    if (!query.empty()) {
      out += '&';
      query.remove_prefix(1);
    }
  }
  return out;
}

std::string redact_url(std::string_view url) {
  std::string out;
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    out = url.substr(0, scheme + 3);
    url.remove_prefix(scheme + 3);
    const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
      const bool password = authority.substr(0, at).find(':') != std::string_view::npos;
      out += kRedacted;
      if (password) (out += ':') += kRedacted;
      out += '@';
      url.remove_prefix(at + 1);
    }
  }
  const auto fragment_at = std::min(url.find('#'), url.size());
  const std::string_view fragment = url.substr(fragment_at);
  url = url.substr(0, fragment_at);
  const auto query = url.find('?');
  out += url.substr(0, query);
  if (query != std::string_view::npos) (out += '?') += redact_query(url.substr(query + 1));
  return out.append(fragment);
}

const std::string* find_header(const HeaderList& headers, std::string_view name) noexcept {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return &value;
  }
  return nullptr;
}

std::string client_address(const HeaderList& headers, std::string_view peer) {
  if (const auto* forwarded = find_header(headers, "forwarded")) {
    if (auto address = forwarded_for(*forwarded); !address.empty()) return address;
  }
  if (const auto* forwarded = find_header(headers, "x-forwarded-for")) {
    std::string_view list = *forwarded;
    if (auto address = node_address(take_until(list, ',')); !address.empty()) return address;
  }
  return std::string(peer);
}

std::string_view protocol_version(std::string_view version) noexcept {
  return version.starts_with("HTTP/") ? version.substr(5) : std::string_view();
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

}  // namespace weft::inline v0::httplib::detail
