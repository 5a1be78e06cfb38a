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

/// Where and how `otlp_grpc` sends. A member that equals its default yields to
/// OTEL_EXPORTER_OTLP_TRACES_*, then to OTEL_EXPORTER_OTLP_*, then stays. A value that cannot be
/// used is reported through `Options::on_error` and the next source is taken.
struct OtlpGrpcOptions {
  /// http://host:port or https://host:port, whose scheme decides about TLS; host:port and
  /// dns:host:port, where `insecure` does; unix:PATH. A path of the URL is not used. Empty:
  /// http://localhost:4317.
  std::string endpoint{};
  std::map<std::string, std::string> headers{};  ///< metadata of every call
  std::chrono::milliseconds timeout{10000};      ///< of one attempt, told to the server; 0: none
  Compression compression = Compression::automatic;
  TlsOptions tls{};
  RetryOptions retry{};
  /// Bytes of a message before compression. A batch beyond it is split; a span that exceeds it
  /// alone is dropped (`Drops::too_large`).
  std::size_t max_request_size = std::size_t{64} << 20U;
  std::size_t max_response_size = std::size_t{4} << 20U;  ///< bytes
  int max_in_flight = 2;                                  ///< calls at the same time
  bool insecure = false;                                  ///< no TLS for an endpoint without scheme
  bool use_environment = true;  ///< false: no variable is read, what is not set here is its default
};

/// Sends spans to a collector by OTLP/gRPC: `weft::init({.exporters =
/// {weft::exporters::otlp_grpc()}})`. It speaks HTTP/2 through libcurl; the gRPC library is not
/// needed. Never throws for a bad option. It opens its first connection when it has the first batch
/// to send, on the worker's thread; a forked child opens its own. Calls are never traced.
/// Statuses that may be tried again, and `RetryInfo`, are OTLP's: specification, "OTLP/gRPC".
WEFT_API ExporterPtr otlp_grpc(OtlpGrpcOptions options = {});

}  // namespace weft::inline v0::exporters
