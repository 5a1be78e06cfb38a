// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::delivery {

using Headers = std::map<std::string, std::string>;

/// Reads `key1=value1,key2=value2`: the members of W3C Baggage without properties. White space
/// around keys and values is dropped, values are percent-decoded, empty members are skipped, of a
/// repeated key the last counts. None, and `why` says the reason (never a value: they are secrets
/// mostly), when a member is malformed. OTLP Exporter, "Specifying headers via environment
/// variables".
std::optional<Headers> parse_header_list(std::string_view text, std::string& why);

/// The text with each %XX made the byte that it stands for.
std::string percent_decoded(std::string_view text);

/// Why this header cannot be sent with a request of ours; "" when it can.
std::string_view refusal_of_header(std::string_view name, std::string_view value) noexcept;

}  // namespace weft::inline v0::delivery
