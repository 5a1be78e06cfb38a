// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// Where requests go.
struct Endpoint {
  std::string url{};          ///< as it was given
  std::string display{};      ///< without user, password and query: for messages
  bool loopback = false;      ///< it names this very machine
  bool tls = false;           ///< https
  std::string unix_socket{};  ///< the file of a Unix-domain socket, which the host then is
  std::string connect_to{};   ///< libcurl's CONNECT_TO entry, when the URL's host is not the peer's
  std::string host_header{};  ///< then: the peer's own host
};

/// Reads an http or https URL, or `unix:PATH` (`unix:///PATH`), whose URL has no path yet; none,
/// and `why` says the reason, for anything else. RFC 3986 as libcurl reads it.
std::optional<Endpoint> parse_endpoint(std::string_view url, std::string& why);

/// The text names a Unix-domain socket.
bool is_unix_endpoint(std::string_view text) noexcept;

/// Replaces path and query, here and in what is shown.
void set_path(Endpoint& endpoint, const std::string& path);

/// The host that its URL names.
std::string host_of(const Endpoint& endpoint);

/// Has the peer asked for, and its certificate checked, by another name than the URL's host.
void present_as(Endpoint& endpoint, const std::string& server_name);

/// The text with what may be a user and a password taken out: for messages about what is no URL.
std::string without_password(std::string_view text);

}  // namespace weft::inline v0::wire
