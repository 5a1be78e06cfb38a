// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything that carries finished spans away.

#include <weft/exporters/console.hpp>
#include <weft/exporters/in_memory.hpp>
#include <weft/exporters/jaeger_remote.hpp>
#include <weft/exporters/otlp_file.hpp>
#include <weft/exporters/otlp_grpc.hpp>
#include <weft/exporters/otlp_http.hpp>
#include <weft/exporters/transport_options.hpp>
#include <weft/exporters/zipkin.hpp>
#include <weft/options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// What OTEL_TRACES_EXPORTER and OTEL_PROPAGATORS can name: the exporters "otlp" (over what
/// OTEL_EXPORTER_OTLP_PROTOCOL says), "otlp/stdout", "zipkin" and "console", and the propagators
/// of weft::propagators; and the sampler jaeger_remote. `weft::init(Options)` of `weft/weft.hpp`
/// uses it.
WEFT_API Components components() noexcept;

}  // namespace weft::inline v0::exporters
