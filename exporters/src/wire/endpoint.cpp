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

bool is_loopback(std::string host) {
  for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return host == "localhost" || host == "localhost." || host == "[::1]" ||
         host.ends_with(".localhost") ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text, std::string& why) {
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
    curl_url_set(url.get(), secret, nullptr, 0);
  }
  return Endpoint{copy, part(url, CURLUPART_URL), is_loopback(host)};
}

std::string without_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const std::size_t begin = scheme == text.npos ? 0 : scheme + 3;
  const std::size_t end = text.find('@', begin);
  if (end == text.npos) return std::string(text);
  return std::string(text.substr(0, begin)) + "***" + std::string(text.substr(end));
}

}  // namespace weft::inline v0::wire
