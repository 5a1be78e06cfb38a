// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/exporters/jaeger_remote.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::remote_sampling {

/// OTEL_TRACES_SAMPLER_ARG of `jaeger_remote`: `endpoint=…,pollingIntervalMs=…,
/// initialSamplingRate=…`, each of which may be left out. What cannot be used is reported.
samplers::JaegerRemoteOptions read_argument(std::string_view argument);

}  // namespace weft::inline v0::remote_sampling
