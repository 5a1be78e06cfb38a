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

/// The message of a google.rpc.Status; "" when there is none or the bytes are no such message.
std::string read_status_message(std::string_view body);

/// Text of a peer as one line for a human: cut, control characters and bad UTF-8 replaced.
std::string printable(std::string_view text);

}  // namespace weft::inline v0::otlp
