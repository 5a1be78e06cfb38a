// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The CPU has a counter of constant rate, and the kernel keeps its own time by it: so it also runs
/// alike on all CPUs. Reads a file.
bool counter_is_trusted() noexcept;

}  // namespace weft::inline v0::detail
