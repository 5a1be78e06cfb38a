// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

// How a file ends: who wrote last may have been killed in the middle, and what is written behind
// that would be lost with it. `file` may be open for writing alone; what cannot be read ends well.

/// It ends with half a line, and nobody is writing the rest of it. Takes a millisecond where it
/// seems so.
bool ends_with_half_a_line(int file) noexcept;

/// Where the last whole gzip member ends, where one ends at `from`. `size` unless what is behind
/// that is the beginning of a member. Of members that `gzip` writes without a time, as ours, only
/// the last one is looked at. To know its end must not take long: `size` as well where none begins
/// in the last 4 MiB, or more than 8 MiB would have to be unpacked.
off_t end_of_members(int file, off_t from, off_t size) noexcept;

}  // namespace weft::inline v0::wire
