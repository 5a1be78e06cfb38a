// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// An exception left code of the user's on this thread: counted (`Stats::user_exceptions`) and
/// told. Any thread.
void count_user_exception(const char* what) noexcept;

}  // namespace weft::inline v0::detail
