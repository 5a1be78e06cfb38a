// SPDX-License-Identifier: Apache-2.0
#include "delivery/http_peer.hpp"

#include <memory>
#include <utility>

#include "wire/http_client.hpp"

namespace weft::inline v0::delivery {

using exporters::Compression;
using exporters::TlsVersion;

void aim_at(wire::HttpSettings& http, wire::Endpoint endpoint, const exporters::TlsOptions& tls) {
  http.proxy = wire::proxy_from_environment(endpoint.tls ? "https" : "http");
  if (endpoint.tls && !tls.server_name.empty()) {
    // By the host that is connected to: libcurl would look for the name that it presents.
    if (wire::is_excepted(http.proxy.except, wire::host_of(endpoint))) http.proxy.url.clear();
    http.proxy.except.clear();
    wire::present_as(endpoint, tls.server_name);
  }
  http.tls = {.ca = {tls.ca_file.string(), tls.ca_pem},
              .certificate = {tls.certificate_file.string(), tls.certificate_pem},
              .key = {tls.key_file.string(), tls.key_pem},
              .require_1_3 = tls.min_version == TlsVersion::v1_3};
  http.endpoint = std::move(endpoint);
}

void aim_at(DeliverySettings& settings, wire::Endpoint endpoint, const exporters::TlsOptions& tls,
            Compression compression) {
  const bool packs = compression == Compression::gzip ||
                     (compression == Compression::automatic && !endpoint.loopback);
  settings.packing = packs ? wire::Packing::if_smaller : wire::Packing::none;
  settings.peer = endpoint.display;
  aim_at(settings.http, std::move(endpoint), tls);
  settings.open_channel = [](const DeliverySettings& chosen) -> std::unique_ptr<wire::Channel> {
    return std::make_unique<wire::HttpClient>(chosen.http, chosen.max_in_flight);
  };
}

}  // namespace weft::inline v0::delivery
