// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// Through whom requests go; empty: straight to the endpoint.
struct Proxy {
  std::string url{};
  std::string except{};  // hosts that are reached directly, as NO_PROXY lists them
};

/// What HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say for endpoints of this scheme; of two
/// spellings the lower-case one counts. In a CGI program HTTP_PROXY comes from the client's "Proxy"
/// header and is not looked at.
Proxy proxy_from_environment(std::string_view scheme);

/// The host is one of those that `except` lists: a name or a part of its end, an address, a network
/// (10.0.0.0/8), or `*` for all.
bool is_excepted(std::string_view except, std::string_view host);

}  // namespace weft::inline v0::wire
