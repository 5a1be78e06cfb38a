// SPDX-License-Identifier: Apache-2.0
#include "otlp/http_settings.hpp"

#include <cmath>
#include <memory>
#include <string>

#include "otlp/environment.hpp"
#include "otlp/header_list.hpp"
#include "otlp/http_protocol.hpp"
#include "otlp/reply.hpp"
#include "wire/endpoint.hpp"

namespace weft::inline v0::otlp {

namespace {

using exporters::Compression;
using exporters::OtlpHttpOptions;
using exporters::RetryOptions;
using std::chrono::milliseconds;

constexpr std::string_view kDefaultEndpoint = "http://localhost:4318/v1/traces";
constexpr std::size_t kLargestRequest = (std::size_t{1} << 31U) - 1;  // protobuf's
constexpr int kMostInFlight = 64;

class Checks {
 public:
  explicit Checks(std::vector<Error>& problems) : problems_(problems) {}

  void refuse(std::string_view option, std::string_view value, std::string_view why) {
    problems_.push_back({ErrorCode::invalid_option, "OtlpHttpOptions::" + std::string(option) +
                                                        " = " + std::string(value) + ": " +
                                                        std::string(why)});
  }
  // `value` where it is good; else the default, and a problem.
  template <class T>
  void expect(bool good, std::string_view option, T& value, const T& standard,
              std::string_view why) {
    if (good) return;
    refuse(option, text(value), std::string(why) + "; " + text(standard) + " is used");
    value = standard;
  }

 private:
  static std::string text(milliseconds value) { return std::to_string(value.count()) + " ms"; }
  template <class T>
  static std::string text(T value) {
    return std::to_string(value);
  }

  std::vector<Error>& problems_;
};

void check_numbers(OtlpHttpOptions& options, Checks& checks) {
  const OtlpHttpOptions standard;
  checks.expect(options.timeout >= milliseconds{0}, "timeout", options.timeout, standard.timeout,
                "it is negative");
  checks.expect(options.max_request_size > 0 && options.max_request_size <= kLargestRequest,
                "max_request_size", options.max_request_size, standard.max_request_size,
                "it must be 1 to 2147483647 bytes");
  checks.expect(options.max_response_size > 0, "max_response_size", options.max_response_size,
                standard.max_response_size, "it must not be 0");
  checks.expect(options.max_in_flight > 0 && options.max_in_flight <= kMostInFlight,
                "max_in_flight", options.max_in_flight, standard.max_in_flight,
                "it must be 1 to 64");
}

void check_retry(RetryOptions& retry, Checks& checks) {
  const RetryOptions standard;
  checks.expect(retry.initial_backoff > milliseconds{0}, "retry.initial_backoff",
                retry.initial_backoff, standard.initial_backoff, "it must be more than 0");
  checks.expect(retry.max_backoff >= milliseconds{0}, "retry.max_backoff", retry.max_backoff,
                standard.max_backoff, "it is negative");
  checks.expect(retry.max_age >= milliseconds{0}, "retry.max_age", retry.max_age, standard.max_age,
                "it is negative");
  checks.expect(std::isfinite(retry.multiplier) && retry.multiplier >= 1, "retry.multiplier",
                retry.multiplier, standard.multiplier, "it must be a number of at least 1");
}

std::vector<std::string> header_lines(const OtlpHttpOptions& options, Checks& checks) {
  std::vector<std::string> lines{"Content-Type: application/x-protobuf"};
  for (const auto& [name, value] : options.headers) {
    if (const auto refusal = refusal_of_header(name, value); !refusal.empty()) {
      // The value is a secret mostly.
      checks.refuse("headers", '"' + printable(name) + '"', std::string(refusal) + "; left out");
      continue;
    }
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);  // libcurl's two forms
  }
  return lines;
}

// An endpoint that is no URL is as good as none: the environment or the default decides.
void check_endpoint(OtlpHttpOptions& options, Checks& checks) {
  std::string why;
  if (options.endpoint.empty() || wire::parse_endpoint(options.endpoint, why)) return;
  checks.refuse("endpoint", '"' + printable(wire::without_password(options.endpoint)) + '"',
                why + "; ignored");
  options.endpoint.clear();
}

void check_file(const std::filesystem::path& file, std::string_view option, Checks& checks) {
  const std::string why = why_unreadable(file);
  if (!why.empty()) checks.refuse(option, '"' + printable(file.string()) + '"', why);
}

bool wants_gzip(Compression compression, const wire::Endpoint& endpoint) noexcept {
  return compression == Compression::gzip ||
         (compression == Compression::automatic && !endpoint.loopback);
}

}  // namespace

delivery::DeliverySettings http_delivery_settings(OtlpHttpOptions options,
                                                  std::vector<Error>& problems) {
  Checks checks(problems);
  check_endpoint(options, checks);
  check_numbers(options, checks);
  check_retry(options.retry, checks);
  check_file(options.tls.ca_file, "tls.ca_file", checks);
  check_file(options.tls.certificate_file, "tls.certificate_file", checks);
  check_file(options.tls.key_file, "tls.key_file", checks);
  if (options.use_environment) apply_environment(options, problems);
  if (options.endpoint.empty()) options.endpoint = kDefaultEndpoint;

  delivery::DeliverySettings settings;
  std::string why;
  settings.http.endpoint = wire::parse_endpoint(options.endpoint, why).value();
  settings.http.headers = header_lines(options, checks);
  settings.http.user_agent = "OTel-OTLP-Exporter-Cpp/" WEFT_VERSION_STRING;
  settings.http.timeout = options.timeout;
  settings.http.max_response_size = options.max_response_size;
  settings.http.ca_file = options.tls.ca_file.string();
  settings.http.certificate_file = options.tls.certificate_file.string();
  settings.http.key_file = options.tls.key_file.string();
  settings.make_protocol = []() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<HttpProtocol>();
  };
  settings.retry = options.retry;
  settings.max_request_size = options.max_request_size;
  settings.max_in_flight = static_cast<std::size_t>(options.max_in_flight);
  settings.gzip = wants_gzip(options.compression, settings.http.endpoint);
  return settings;
}

}  // namespace weft::inline v0::otlp
