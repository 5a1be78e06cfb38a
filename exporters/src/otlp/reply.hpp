// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::otlp {

/// The receiver took a part, or all with a warning.
struct PartialSuccess {
  std::uint64_t rejected_spans = 0;
  std::string message{};
};

/// Reads an ExportTraceServiceResponse, skipping fields it does not know; all zero when nothing is
/// set, none when the bytes are no such message.
std::optional<PartialSuccess> read_response(std::string_view body);

/// The same in JSON, where counts may be numbers or text.
std::optional<PartialSuccess> read_json_response(std::string_view body);

/// The message of a google.rpc.Status in JSON; "" when there is none.
std::string read_json_status_message(std::string_view body);

/// The message of a google.rpc.Status; "" when there is none or the bytes are no such message.
std::string read_status_message(std::string_view body);

}  // namespace weft::inline v0::otlp
