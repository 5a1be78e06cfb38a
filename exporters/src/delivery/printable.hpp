// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::delivery {

/// Text of a peer as one line for a human: cut, control characters and bad UTF-8 replaced.
std::string printable(std::string_view text);

}  // namespace weft::inline v0::delivery
