// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// `text` for one line of a log or a terminal: control characters are spelled (`\n`, `\x1b`), and
/// after `limit` bytes it ends, never inside a character, with `…` and the size of the whole.
std::string visible_text(std::string_view text, std::size_t limit);

}  // namespace weft::inline v0::detail
