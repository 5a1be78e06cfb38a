// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::wire {
struct Endpoint;
}

namespace weft::inline v0::delivery {

/// Looks at the options of one exporter; what cannot be used becomes a problem, and its default
/// stands.
class OptionChecks {
 public:
  /// `type` is the options' name, such as "OtlpHttpOptions".
  OptionChecks(std::string_view type, std::vector<Error>& problems)
      : type_(type), problems_(problems) {}

  void refuse(std::string_view option, std::string_view value, std::string_view why);
  /// `value` where it is good; else the default.
  template <class T>
  void expect(bool good, std::string_view option, T& value, const T& standard,
              std::string_view why) {
    if (good) return;
    refuse(option, text(value), std::string(why) + "; " + text(standard) + " is used");
    value = standard;
  }

  /// Empties an endpoint that is none: as good as not given.
  void endpoint(std::string& endpoint);
  void retry(exporters::RetryOptions& retry);
  void tls(exporters::TlsOptions& tls);
  /// Of what options and variables come to together: a key alone is of no use.
  void client_key(const exporters::TlsOptions& tls);
  /// The same, where the endpoint is not spoken to in TLS.
  void unused_tls(const exporters::TlsOptions& tls, const wire::Endpoint& endpoint);
  /// Header lines for libcurl; those that cannot be sent are left out.
  std::vector<std::string> headers(const std::map<std::string, std::string>& headers,
                                   std::string_view content_type);
  /// What all options of a transport have: endpoint, timeout, limits, retry, tls.
  template <class Options>
  void transport(Options& options) {
    const Options standard;
    constexpr std::size_t kLargestRequest = (std::size_t{1} << 31U) - 1;  // protobuf's
    constexpr int kMostInFlight = 64;
    endpoint(options.endpoint);
    expect(options.timeout >= std::chrono::milliseconds{0}, "timeout", options.timeout,
           standard.timeout, "it is negative");
    expect(options.max_request_size > 0 && options.max_request_size <= kLargestRequest,
           "max_request_size", options.max_request_size, standard.max_request_size,
           "it must be 1 to 2147483647 bytes");
    expect(options.max_response_size > 0, "max_response_size", options.max_response_size,
           standard.max_response_size, "it must not be 0");
    expect(options.max_in_flight > 0 && options.max_in_flight <= kMostInFlight, "max_in_flight",
           options.max_in_flight, standard.max_in_flight, "it must be 1 to 64");
    retry(options.retry);
    tls(options.tls);
  }

 private:
  static std::string text(std::chrono::milliseconds value) {
    return std::to_string(value.count()) + " ms";
  }
  template <class T>
  static std::string text(T value) {
    return std::to_string(value);
  }
  void file(const std::filesystem::path& file, const std::string& pem, std::string_view option);

  const std::string type_;
  std::vector<Error>& problems_;
};

/// Why a file that connections need cannot be read now; "" when it can, or none is named. It may
/// come yet: it is looked for at each connection, and without it there is none.
std::string why_unreadable(const std::filesystem::path& file);

}  // namespace weft::inline v0::delivery
