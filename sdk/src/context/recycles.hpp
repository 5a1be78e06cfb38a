// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace weft::inline v0::detail {

/// The number of the last recycle of any thread. A value that is set now is as old as that.
std::uint64_t recycles_so_far() noexcept;

}  // namespace weft::inline v0::detail
