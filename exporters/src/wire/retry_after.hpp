// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// How long a `Retry-After` header asks to wait: seconds, or a date (never less than zero). None
/// for anything else. RFC 9110, 10.2.3.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now);

}  // namespace weft::inline v0::wire
