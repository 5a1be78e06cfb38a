// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The ratio, or the end of [0, 1] that is next to it (1 for what is no number), reported:
/// `place(ratio): …`.
double usable_ratio(const char* place, double ratio);
/// The same for a probability: 0, or from 2^-56 to 1.
double usable_probability(const char* place, double ratio);

}  // namespace weft::inline v0::detail
