// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// An exception left code of the user's on this thread: counted (`Stats::user_exceptions`) and
/// told. Any thread.
void count_user_exception(const char* what) noexcept;
/// … counted alone, where it is told in another way.
void count_user_exception() noexcept;
/// How many this thread has counted.
std::uint64_t user_exceptions_here() noexcept;

}  // namespace weft::inline v0::detail
