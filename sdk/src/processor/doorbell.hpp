// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Wakes one sleeping thread. A ring that comes first is kept, so none is missed; several are one.
/// One thread waits; any thread rings, also from a signal handler.
class Doorbell {
 public:
  void ring() noexcept;
  /// Sleeps until a ring or the deadline; `Deadline::max()` is for ever. True: it rang.
  bool wait(Deadline deadline) noexcept;

 private:
  enum State : std::uint32_t { quiet, rung, waited_for };
  std::atomic<std::uint32_t> state_{quiet};
};

}  // namespace weft::inline v0::detail
