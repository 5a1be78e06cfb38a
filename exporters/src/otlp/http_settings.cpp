// SPDX-License-Identifier: Apache-2.0
#include "otlp/http_settings.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "delivery/description.hpp"
#include "delivery/http_peer.hpp"
#include "delivery/option_checks.hpp"
#include "otlp/environment.hpp"
#include "otlp/http_protocol.hpp"
#include "wire/endpoint.hpp"

namespace weft::inline v0::otlp {

using exporters::Encoding;

namespace {

constexpr const char* kEndpoint = "http://localhost:4318/v1/traces";

}  // namespace

delivery::DeliverySettings http_delivery_settings(exporters::OtlpHttpOptions options,
                                                  std::vector<Error>& problems) {
  delivery::OptionChecks checks("OtlpHttpOptions", problems);
  checks.transport(options);
  delivery::Sources sources;
  if (options.use_environment) sources = apply_environment(options, problems);
  checks.client_key(options.tls);
  if (options.endpoint.empty()) options.endpoint = kEndpoint;

  delivery::DeliverySettings settings;
  std::string why;
  wire::Endpoint endpoint = wire::parse_endpoint(options.endpoint, why).value();
  if (!endpoint.unix_socket.empty()) wire::set_path(endpoint, "/v1/traces");
  checks.unused_tls(options.tls, endpoint);
  const Encoding encoding = options.encoding;
  settings.http.headers = checks.headers(
      options.headers, encoding == Encoding::json ? "application/json" : "application/x-protobuf");
  settings.make_protocol = [encoding]() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<HttpProtocol>(encoding);
  };
  delivery::take_limits(settings, options);
  delivery::aim_at(settings, std::move(endpoint), options.tls, options.compression);
  const bool is_json = encoding == Encoding::json;
  settings.description =
      delivery::describe(options, std::move(sources), kEndpoint,
                         {{"protocol", is_json ? "http/json" : "http/protobuf", !is_json}},
                         settings.packing != wire::Packing::none);
  return settings;
}

}  // namespace weft::inline v0::otlp
