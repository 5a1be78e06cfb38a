// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::otlp {

/// An encoded ExportTraceServiceRequest (or TracesData, which has the same fields) as OTLP's JSON:
/// ids in hex, enums as numbers, integers of 64 bits as text, keys in lowerCamelCase. OTLP
/// specification, "JSON Protobuf Encoding".
std::string json_text(std::string_view request);

}  // namespace weft::inline v0::otlp
