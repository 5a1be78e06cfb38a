// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Text of the kernel's id of this boot, with its terminating zero; "" when there is none.
inline constexpr std::size_t kBootIdSize = 40;
void read_boot_id(char (&text)[kBootIdSize]) noexcept;

/// When this process started, in clock ticks since boot: with its number it is one of a kind.
/// 0: unknown.
std::uint64_t process_start() noexcept;

}  // namespace weft::inline v0::detail
