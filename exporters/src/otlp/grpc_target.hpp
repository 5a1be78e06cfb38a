// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/endpoint.hpp"

namespace weft::inline v0::otlp {

/// Reads what names a gRPC server: an http or https URL, whose scheme decides about TLS,
/// `host:port` or `dns:[//resolver/]host:port`, where `insecure` does, or `unix:PATH`. The URL is
/// that of the call. OpenTelemetry Protocol Exporter, "Configuration Options".
std::optional<wire::Endpoint> parse_grpc_target(std::string_view text, bool insecure,
                                                std::string& why);

}  // namespace weft::inline v0::otlp
