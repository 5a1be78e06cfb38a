// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "tracer/core.hpp"

namespace weft::inline v0::detail {

/// The telemetry that `init` made last: guards against a second one, and is what
/// `active_telemetry()` gives. Leaked, since there are no exit-time destructors.
struct TelemetrySlot {
  std::mutex mutex;
  std::shared_ptr<TelemetryCore>* core = nullptr;
};
TelemetrySlot& telemetry_slot() noexcept;

}  // namespace weft::inline v0::detail
