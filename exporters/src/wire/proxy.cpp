// SPDX-License-Identifier: Apache-2.0
#include "wire/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace weft::inline v0::wire {

namespace {

std::string first_set(const char* first, const char* second) {
  for (const char* name : {first, second}) {
    const char* value = name == nullptr ? nullptr : std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

struct Address {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  unsigned bits = 0;  // 32 or 128
};

std::optional<Address> read_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string copy(text);
  Address address;
  if (::inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) address.bits = 32;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) address.bits = 128;
  return address.bits != 0 ? std::optional(address) : std::nullopt;
}

// `10.0.0.0/8`; an address without a slash is a network of one.
bool is_in_network(const Address& address, std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto network = read_address(text.substr(0, slash));
  if (!network || network->bits != address.bits) return false;
  unsigned bits = address.bits;
  if (slash < text.size()) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    if (read.ec != std::errc() || read.ptr != end || bits > address.bits) return false;
  }
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const unsigned mask = bits - bit >= 8 ? 0xFFU : 0xFF00U >> (bits - bit) & 0xFFU;
    if (((address.bytes[bit / 8] ^ network->bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_of_domain(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.empty() || host.size() < domain.size()) return false;
  const std::size_t rest = host.size() - domain.size();
  if (rest > 0 && host[rest - 1] != '.') return false;
  return std::ranges::equal(host.substr(rest), domain, {}, lower, lower);
}

}  // namespace

bool is_excepted(std::string_view except, std::string_view host) {
  const auto address = read_address(host);
  while (!except.empty()) {
    const std::size_t end = std::min(except.find_first_of(", \t"), except.size());
    const std::string_view entry = except.substr(0, end);
    except.remove_prefix(std::min(end + 1, except.size()));
    if (entry == "*") return true;
    if (address ? is_in_network(*address, entry) : is_of_domain(host, entry)) return true;
  }
  return false;
}

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
