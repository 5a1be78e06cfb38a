// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// Everything at once: a file on disk, which never lets a writer wait for a reader.
inline constexpr std::size_t kAnySize = static_cast<std::size_t>(-1);

/// How many bytes a descriptor takes at once without letting the writer wait, whatever its flags,
/// which others may share; 0: none now. Where writing fails there is room: so it is found out.
std::size_t room_of(int file) noexcept;

/// What of a text goes into that much room. Others may write to the same pipe, so where not all of
/// it does, it is cut at the end of a line if there is one.
std::string_view piece_of(std::string_view text, std::size_t room) noexcept;

}  // namespace weft::inline v0::wire
