// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weft::inline v0::detail {

/// Around a fork: what guards `Context::get_or_compute`.
void lock_computations() noexcept;
void unlock_computations() noexcept;
/// In the child, with the locks held: what other threads were computing will never be finished.
void forget_other_computations() noexcept;

}  // namespace weft::inline v0::detail
