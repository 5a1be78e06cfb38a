// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "platform/thread_data.hpp"
#include "tracer/core.hpp"

namespace weft::inline v0::detail {

/// What a disabled SDK has in place of a core.
struct DisabledSdk {
  std::string settings{};
  void operator()(TelemetryCore* /*none*/) const noexcept {}
};

/// The telemetry that `init` made last: guards against a second one, and is what
/// `active_telemetry()` gives. Leaked, since there are no exit-time destructors.
struct TelemetrySlot {
  /// Held while a telemetry is made. User code (`on_error`, samplers, detectors) runs under it, and
  /// may ask for `active_telemetry()`.
  std::mutex starting;
  std::atomic<const ThreadData*> starter{nullptr};  ///< who holds `starting`
  std::mutex mutex;                                 ///< guards `core`; no user code runs under it
  /// Of a disabled SDK it leads nowhere, and its deleter is a `DisabledSdk`.
  std::shared_ptr<TelemetryCore>* core = nullptr;

  bool is_starting_here() const noexcept {
    // Relaxed: a thread need only recognise what it wrote itself.
    return starter.load(std::memory_order_relaxed) == thread_data();
  }
};
TelemetrySlot& telemetry_slot() noexcept;

/// The right to make a telemetry, until this ends; false where user code that is called for making
/// one asks for it again.
class StartingTurn {
 public:
  StartingTurn() : slot_(telemetry_slot()), is_mine_(!slot_.is_starting_here()) {
    if (!is_mine_) return;
    slot_.starting.lock();
    slot_.starter.store(thread_data(), std::memory_order_relaxed);
  }
  StartingTurn(const StartingTurn&) = delete;
  StartingTurn& operator=(const StartingTurn&) = delete;
  ~StartingTurn() {
    if (!is_mine_) return;
    slot_.starter.store(nullptr, std::memory_order_relaxed);
    slot_.starting.unlock();
  }
  explicit operator bool() const noexcept { return is_mine_; }

 private:
  TelemetrySlot& slot_;
  const bool is_mine_;
};

}  // namespace weft::inline v0::detail
