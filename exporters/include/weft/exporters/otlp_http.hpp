// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <weft/exporter.hpp>
#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// How spans are written into a request.
enum class Encoding : std::uint8_t { protobuf, json };

/// Where and how `otlp_http` sends. A member that equals its default yields to
/// OTEL_EXPORTER_OTLP_TRACES_*, then to OTEL_EXPORTER_OTLP_*, then stays. A value that cannot be
/// used is reported through `Options::on_error` and the next source is taken.
struct OtlpHttpOptions {
  /// The whole URL, used as it is; empty: http://localhost:4318/v1/traces. `…_TRACES_ENDPOINT` is
  /// used as it is too; to OTEL_EXPORTER_OTLP_ENDPOINT `v1/traces` is added. `unix:PATH` is a
  /// Unix-domain socket, which is asked for /v1/traces.
  std::string endpoint{};
  Encoding encoding = Encoding::protobuf;
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

/// Sends spans to a collector by OTLP/HTTP: `weft::init({.exporters =
/// {weft::exporters::otlp_http()}})`. Never throws for a bad option. It opens its first connection
/// when it has the first batch to send, on the worker's thread; a forked child opens its own.
/// HTTP_PROXY, HTTPS_PROXY and NO_PROXY count for all but this very machine.
/// Requests follow no redirect and are never traced. OpenTelemetry Protocol Exporter, OTLP 1.x.
WEFT_API ExporterPtr otlp_http(OtlpHttpOptions options = {});

}  // namespace weft::inline v0::exporters
