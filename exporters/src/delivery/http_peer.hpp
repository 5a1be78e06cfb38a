// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

#include "delivery/engine.hpp"

namespace weft::inline v0::delivery {

/// The endpoint, its TLS and its proxies: all that a client needs to reach it.
void aim_at(wire::HttpSettings& http, wire::Endpoint endpoint, const exporters::TlsOptions& tls);
/// A way to the server that the endpoint names: the client, its TLS, its proxies.
void aim_at(DeliverySettings& settings, wire::Endpoint endpoint, const exporters::TlsOptions& tls,
            exporters::Compression compression);

/// The settings that options of a transport hold as they are, and the User-Agent.
template <class Options>
void take_limits(DeliverySettings& settings, const Options& options) {
  settings.http.user_agent = "OTel-OTLP-Exporter-Cpp/" WEFT_VERSION_STRING;
  settings.http.timeout = options.timeout;
  settings.http.max_response_size = options.max_response_size;
  settings.retry = options.retry;
  settings.max_request_size = options.max_request_size;
  settings.max_in_flight = static_cast<std::size_t>(options.max_in_flight);
}

}  // namespace weft::inline v0::delivery
