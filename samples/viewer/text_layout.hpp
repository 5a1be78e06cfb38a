// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace viewer {

/// Columns that UTF-8 text takes, one for each character.
std::size_t columns(std::string_view text) noexcept;
/// The text in exactly `width` columns: filled up with spaces, or cut and marked with "…".
std::string fit(std::string_view text, std::size_t width, bool ascii);
/// The same at the right edge; never cut.
std::string fit_right(std::string_view text, std::size_t width);
/// Text from the network, made safe for a terminal: control characters become "?".
std::string printable(std::string_view text);
/// "4 µs", "0.31 ms", "43.2 ms", "1.42 s".
std::string duration_text(std::uint64_t nanoseconds, bool ascii);

}  // namespace viewer
