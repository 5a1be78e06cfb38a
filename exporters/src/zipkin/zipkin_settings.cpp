// SPDX-License-Identifier: Apache-2.0
#include "zipkin/zipkin_settings.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "delivery/description.hpp"
#include "delivery/http_peer.hpp"
#include "delivery/option_checks.hpp"
#include "delivery/variables.hpp"
#include "wire/endpoint.hpp"
#include "zipkin/zipkin_protocol.hpp"

namespace weft::inline v0::zipkin {

namespace {

constexpr const char* kEndpoint = "http://localhost:9411/api/v2/spans";

delivery::Sources apply_environment(exporters::ZipkinOptions& options,
                                    std::vector<Error>& problems) {
  delivery::Sources sources;
  if (options.endpoint.empty()) {
    sources["endpoint"] =
        delivery::ask({"OTEL_EXPORTER_ZIPKIN_ENDPOINT"}, problems,
                      [&](std::string_view value, std::string& why, const std::string&) {
                        const bool good = wire::parse_endpoint(value, why).has_value();
                        if (good) options.endpoint = value;
                        return good;
                      });
  }
  if (options.timeout == exporters::ZipkinOptions().timeout) {
    sources["timeout"] =
        delivery::ask({"OTEL_EXPORTER_ZIPKIN_TIMEOUT"}, problems,
                      [&](std::string_view value, std::string& why, const std::string&) {
                        return delivery::take_timeout(value, why, options.timeout);
                      });
  }
  return sources;
}

}  // namespace

delivery::DeliverySettings delivery_settings(exporters::ZipkinOptions options,
                                             std::vector<Error>& problems) {
  delivery::OptionChecks checks("ZipkinOptions", problems);
  checks.transport(options);
  delivery::Sources sources;
  if (options.use_environment) sources = apply_environment(options, problems);
  if (options.endpoint.empty()) options.endpoint = kEndpoint;

  delivery::DeliverySettings settings;
  std::string why;
  wire::Endpoint endpoint = wire::parse_endpoint(options.endpoint, why).value();
  if (!endpoint.unix_socket.empty()) wire::set_path(endpoint, "/api/v2/spans");
  checks.client_key(options.tls);
  checks.unused_tls(options.tls, endpoint);
  settings.http.headers = checks.headers(options.headers, "application/json");
  settings.make_protocol = []() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<ZipkinProtocol>();
  };
  delivery::take_limits(settings, options);
  settings.http.user_agent = "weft/" WEFT_VERSION_STRING;
  delivery::aim_at(settings, std::move(endpoint), options.tls, options.compression);
  settings.description = delivery::describe(options, std::move(sources), kEndpoint, {},
                                            settings.packing != wire::Packing::none);
  return settings;
}

}  // namespace weft::inline v0::zipkin
