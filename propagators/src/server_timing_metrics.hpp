// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

// The productions of the `server-timing` header that are needed to put a metric beside others.

namespace weft::inline v0::propagators {

/// `server-timing-metric`, up to the next comma that is not inside a quoted string; `rest` becomes
/// what is behind.
std::string_view next_metric(std::string_view& rest) noexcept;

/// Its name is `trace`.
bool is_trace_metric(std::string_view metric) noexcept;

}  // namespace weft::inline v0::propagators
