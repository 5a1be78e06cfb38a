// SPDX-License-Identifier: Apache-2.0
#include "otlp/grpc_settings.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "delivery/description.hpp"
#include "delivery/http_peer.hpp"
#include "delivery/option_checks.hpp"
#include "delivery/printable.hpp"
#include "otlp/environment.hpp"
#include "otlp/grpc_protocol.hpp"
#include "otlp/grpc_target.hpp"

namespace weft::inline v0::otlp {

namespace {

using std::chrono::milliseconds;

constexpr const char* kEndpoint = "http://localhost:4317";

// At most eight digits and a unit. gRPC over HTTP/2, "Timeout".
std::string grpc_timeout(milliseconds timeout) {
  constexpr milliseconds kMostMilliseconds{99'999'999};
  if (timeout <= kMostMilliseconds) return std::to_string(timeout.count()) + "m";
  constexpr std::chrono::seconds kMostSeconds{99'999'999};
  return std::to_string(
             std::min(std::chrono::ceil<std::chrono::seconds>(timeout), kMostSeconds).count()) +
         "S";
}

// Other forms than URLs are targets too, so this is not OptionChecks' own check.
void check_target(exporters::OtlpGrpcOptions& options, delivery::OptionChecks& checks) {
  std::string why;
  if (options.endpoint.empty() || parse_grpc_target(options.endpoint, true, why)) return;
  checks.refuse("endpoint",
                '"' + delivery::printable(wire::without_password(options.endpoint)) + '"',
                why + "; ignored");
  options.endpoint.clear();
}

}  // namespace

delivery::DeliverySettings grpc_delivery_settings(exporters::OtlpGrpcOptions options,
                                                  std::vector<Error>& problems) {
  delivery::OptionChecks checks("OtlpGrpcOptions", problems);
  check_target(options, checks);
  std::string target = std::exchange(options.endpoint, {});
  checks.transport(options);
  options.endpoint = std::move(target);
  delivery::Sources sources;
  if (options.use_environment) sources = apply_environment(options, problems);
  checks.client_key(options.tls);
  if (options.endpoint.empty()) options.endpoint = kEndpoint;

  delivery::DeliverySettings settings;
  std::string why;
  wire::Endpoint endpoint = parse_grpc_target(options.endpoint, options.insecure, why).value();
  checks.unused_tls(options.tls, endpoint);
  settings.http.http2 = true;
  settings.http.gzip_header = "grpc-encoding: gzip";
  settings.http.headers = checks.headers(options.headers, "application/grpc");
  settings.http.headers.push_back("TE: trailers");
  if (options.timeout > milliseconds{0}) {
    settings.http.headers.push_back("grpc-timeout: " + grpc_timeout(options.timeout));
  }
  settings.http.headers.push_back("grpc-accept-encoding: identity,gzip");
  settings.make_protocol =
      [limit = options.max_response_size]() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<GrpcProtocol>(limit);
  };
  delivery::take_limits(settings, options);
  delivery::aim_at(settings, std::move(endpoint), options.tls, options.compression);
  settings.description =
      delivery::describe(options, std::move(sources), kEndpoint,
                         {{"protocol", "grpc", false},
                          {"insecure", options.insecure ? "true" : "false", !options.insecure}},
                         settings.packing != wire::Packing::none);
  return settings;
}

}  // namespace weft::inline v0::otlp
