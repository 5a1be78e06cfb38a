// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include <weft/exporter.hpp>
#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// Where and how `zipkin` sends. `endpoint` and `timeout` yield to OTEL_EXPORTER_ZIPKIN_ENDPOINT
/// and OTEL_EXPORTER_ZIPKIN_TIMEOUT where they equal their defaults.
struct ZipkinOptions {
  /// The whole URL; empty: http://localhost:9411/api/v2/spans. `unix:PATH` is a Unix-domain socket.
  std::string endpoint{};
  std::map<std::string, std::string> headers{};  ///< sent with every request
  std::chrono::milliseconds timeout{10000};      ///< of one attempt; 0: none
  Compression compression = Compression::automatic;
  TlsOptions tls{};
  RetryOptions retry{};
  /// Bytes of a request before compression. A batch beyond it is split; a span that exceeds it
  /// alone is dropped (`Drops::too_large`).
  std::size_t max_request_size = std::size_t{64} << 20U;
  std::size_t max_response_size = std::size_t{4} << 20U;  ///< bytes, after decompression
  int max_in_flight = 2;                                  ///< requests at the same time
  bool use_environment = true;  ///< false: no variable is read, what is not set here is its default
};

/// Sends spans to Zipkin as its JSON, version 2: `weft::init({.exporters =
/// {weft::exporters::zipkin()}})`. Links and trace state have no place there. Delivery, retries and
/// limits are those of `otlp_http`. OpenTelemetry to Zipkin Transformation.
WEFT_API ExporterPtr zipkin(ZipkinOptions options = {});

}  // namespace weft::inline v0::exporters
