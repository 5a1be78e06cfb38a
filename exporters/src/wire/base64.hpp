// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// RFC 4648, 4, with padding.
std::string to_base64(std::string_view bytes);

/// Reads it with padding or without; none for anything else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace weft::inline v0::wire
