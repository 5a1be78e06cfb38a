// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Writes `text` to standard error in one piece, so that lines of several threads do not mix. A
/// reader that has gone costs the text, never the process: no SIGPIPE. Leaves errno alone.
void write_standard_error(std::string_view text) noexcept;

}  // namespace weft::inline v0::detail
