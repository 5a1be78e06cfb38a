// SPDX-License-Identifier: Apache-2.0
#include "wire/proxy.hpp"

#include <cstdlib>

namespace weft::inline v0::wire {

namespace {

std::string first_set(const char* first, const char* second) {
  for (const char* name : {first, second}) {
    const char* value = name == nullptr ? nullptr : std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

Proxy proxy_from_environment(std::string_view scheme) {
  const bool cgi = std::getenv("REQUEST_METHOD") != nullptr;
  Proxy proxy;
  proxy.url = scheme == "https" ? first_set("https_proxy", "HTTPS_PROXY")
                                : first_set("http_proxy", cgi ? nullptr : "HTTP_PROXY");
  if (proxy.url.empty()) proxy.url = first_set("all_proxy", "ALL_PROXY");
  proxy.except = first_set("no_proxy", "NO_PROXY");
  return proxy;
}

}  // namespace weft::inline v0::wire
