// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/otlp_http.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::otlp {

/// Fills what is at its default in `options` from OTEL_EXPORTER_OTLP_TRACES_*, then from
/// OTEL_EXPORTER_OTLP_*; an empty variable counts as unset. A value that cannot be used is a
/// problem, and the next source is asked.
void apply_environment(exporters::OtlpHttpOptions& options, std::vector<Error>& problems);

/// Why a file that connections need cannot be read now; "" when it can, or none is named. It may
/// come yet: it is looked for at each connection, and without it there is none.
std::string why_unreadable(const std::filesystem::path& file);

}  // namespace weft::inline v0::otlp
