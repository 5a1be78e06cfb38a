// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// Where requests go.
struct Endpoint {
  std::string url{};      ///< as it was given
  std::string display{};  ///< without user, password and query: for messages
  bool loopback = false;  ///< it names this very machine
};

/// Reads an http or https URL; none, and `why` says the reason, for anything else. RFC 3986 as
/// libcurl reads it.
std::optional<Endpoint> parse_endpoint(std::string_view url, std::string& why);

/// The text with what may be a user and a password taken out: for messages about what is no URL.
std::string without_password(std::string_view text);

}  // namespace weft::inline v0::wire
