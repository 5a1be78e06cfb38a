// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/otlp_grpc.hpp>
#include <weft/exporters/otlp_http.hpp>
#include <weft/version.hpp>

#include "delivery/description.hpp"

namespace weft::inline v0::otlp {

/// Fills what is at its default in `options` from OTEL_EXPORTER_OTLP_TRACES_*, then from
/// OTEL_EXPORTER_OTLP_*; an empty variable counts as unset. A value that cannot be used is a
/// problem, and the next source is asked. Returns which variable said what.
delivery::Sources apply_environment(exporters::OtlpHttpOptions& options,
                                    std::vector<Error>& problems);
delivery::Sources apply_environment(exporters::OtlpGrpcOptions& options,
                                    std::vector<Error>& problems);

/// OTEL_EXPORTER_OTLP_[TRACES_]PROTOCOL says grpc.
bool environment_asks_for_grpc();

}  // namespace weft::inline v0::otlp
