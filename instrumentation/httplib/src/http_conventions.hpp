// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What OpenTelemetry's semantic conventions say about recording HTTP, whatever the library.
namespace weft::inline v0::httplib::detail {

/// Header fields in the order in which they came.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The methods that are recorded as they are; every other one is `_OTHER`.
class KnownMethods {
 public:
  /// RFC 9110's, PATCH and QUERY, unless OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS lists others.
  KnownMethods();
  bool contains(std::string_view method) const noexcept;

 private:
  std::vector<std::string> methods_;
};

/// Where a request goes to: `host:port`, `[::1]:8080`, `host`.
struct Authority {
  std::string host;
  int port = -1;  // -1: it names none
};
/// None when there is no host, or the port is no number from 1 to 65535.
std::optional<Authority> parse_authority(std::string_view text);

/// Values of keys that hold a signature or a credential become REDACTED.
std::string redact_query(std::string_view query);
/// The same, and `user:password@` becomes `REDACTED:REDACTED@`.
std::string redact_url(std::string_view url);

/// The first value of a header, whatever the case of its name; null when there is none.
const std::string* find_header(const HeaderList& headers, std::string_view name) noexcept;

/// Who began the request: the first of `Forwarded` or `X-Forwarded-For`, else the peer.
std::string client_address(const HeaderList& headers, std::string_view peer);

/// "1.1" of "HTTP/1.1".
std::string_view protocol_version(std::string_view version) noexcept;

std::string lower_case(std::string_view text);

}  // namespace weft::inline v0::httplib::detail
