// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

// How a file ends: who wrote last may have been killed in the middle, and what is written behind
// that would be lost with it. `file` may be open for writing alone; what cannot be read ends well.

/// The last byte is a line's end.
bool ends_with_line(int file, off_t size) noexcept;

/// Where the last whole gzip member ends, where one ends at `from`. `size` unless what is behind
/// that is the beginning of a member; also where more than 64 MiB would have to be looked through.
off_t end_of_members(int file, off_t from, off_t size) noexcept;

}  // namespace weft::inline v0::wire
