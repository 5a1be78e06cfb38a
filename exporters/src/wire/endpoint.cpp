// SPDX-License-Identifier: Apache-2.0
#include "wire/endpoint.hpp"

#include <curl/curl.h>

#include <memory>

namespace weft::inline v0::wire {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

void set_part(const Url& url, CURLUPart which, const char* value) {
  curl_url_set(url.get(), which, value, 0);
}

// The path of `unix:PATH`, `unix://PATH`; "" when there is none.
std::string_view socket_path(std::string_view text) noexcept {
  text.remove_prefix(std::string_view("unix:").size());
  if (text.starts_with("//")) text.remove_prefix(2);
  return text;
}

bool is_loopback(std::string host) {
  for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return host == "localhost" || host == "localhost." || host == "[::1]" ||
         host.ends_with(".localhost") ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

bool is_unix_endpoint(std::string_view text) noexcept { return text.starts_with("unix:"); }

namespace {
std::optional<Endpoint> parse_unix_endpoint(std::string_view text, std::string& why) {
  // sockaddr_un has room for 108 bytes, the last of which is zero.
  constexpr std::size_t kLongest = 107;
  const std::string_view path = socket_path(text);
  if (path.empty() || path.size() > kLongest) {
    why = path.empty() ? "it names no socket" : "its path is longer than the 107 bytes of a socket";
    return std::nullopt;
  }
  Endpoint endpoint{.url = "http://localhost/", .display = std::string(text), .loopback = true};
  endpoint.unix_socket = path;
  return endpoint;
}
}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text, std::string& why) {
  if (is_unix_endpoint(text)) return parse_unix_endpoint(text, why);
  const Url url(curl_url(), &curl_url_cleanup);
  const std::string copy(text);
  if (copy.find("://") == copy.npos) {
    why = "it is no URL with http:// or https://";
    return std::nullopt;
  }
  if (text.find_first_of(std::string_view(" \t\r\n\0", 5)) != text.npos) {
    why = "it has white space in it";
    return std::nullopt;
  }
  if (!url ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    why = "it is no URL";
    return std::nullopt;
  }
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    why = "its scheme is neither http nor https";
    return std::nullopt;
  }
  const std::string host = part(url, CURLUPART_HOST);
  if (host.empty()) {
    why = "it names no host";
    return std::nullopt;
  }
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                 CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    set_part(url, secret, nullptr);
  }
  return Endpoint{.url = copy,
                  .display = part(url, CURLUPART_URL),
                  .loopback = is_loopback(host),
                  .tls = scheme == "https"};
}

void set_path(Endpoint& endpoint, const std::string& path) {
  for (std::string* text : {&endpoint.url, &endpoint.display}) {
    const Url url(curl_url(), &curl_url_cleanup);
    if (is_unix_endpoint(*text)) continue;
    set_part(url, CURLUPART_URL, text->c_str());
    set_part(url, CURLUPART_PATH, path.c_str());
    set_part(url, CURLUPART_QUERY, nullptr);
    set_part(url, CURLUPART_FRAGMENT, nullptr);
    *text = part(url, CURLUPART_URL);
  }
}

std::string host_of(const Endpoint& endpoint) {
  const Url url(curl_url(), &curl_url_cleanup);
  set_part(url, CURLUPART_URL, endpoint.url.c_str());
  return part(url, CURLUPART_HOST);
}

void present_as(Endpoint& endpoint, const std::string& server_name) {
  const Url url(curl_url(), &curl_url_cleanup);
  set_part(url, CURLUPART_URL, endpoint.url.c_str());
  const std::string host = part(url, CURLUPART_HOST);
  const std::string port = part(url, CURLUPART_PORT);
  const std::string zone = part(url, CURLUPART_ZONEID);
  std::string address = host;
  if (!zone.empty()) address.insert(address.size() - 1, "%" + zone);  // no URL, so not encoded
  endpoint.connect_to = "::" + address + ":" + port;
  endpoint.host_header = port.empty() ? host : host + ":" + port;
  set_part(url, CURLUPART_HOST, server_name.c_str());
  endpoint.url = part(url, CURLUPART_URL);
}

std::string without_password(std::string_view text) {
  const std::size_t mark = text.find("://");  // which a password may have as well
  const bool has_scheme = mark != text.npos && text.find(':') == mark;
  const std::size_t begin = has_scheme ? mark + 3 : 0;
  const std::size_t end = text.rfind('@');  // a password may have one as well, or a slash
  if (end == text.npos || end < begin) return std::string(text);
  return std::string(text.substr(0, begin)) + "***" + std::string(text.substr(end));
}

}  // namespace weft::inline v0::wire
