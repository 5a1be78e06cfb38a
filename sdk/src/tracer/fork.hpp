// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weft::inline v0::detail {

/// Registers what happens around `fork`, once per process. In the child every inherited span is
/// void (it is the parent's to end), ids come from a fresh seed, and telemetry is off until the
/// child calls `init`: its spans have valid ids and are propagated, but do not record. Nothing
/// inherited is sent twice, and no lock of ours is left held.
void watch_forks() noexcept;

}  // namespace weft::inline v0::detail
