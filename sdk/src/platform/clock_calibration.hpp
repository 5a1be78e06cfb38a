// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include <weft/version.hpp>

#include "platform/clock.hpp"

namespace weft::inline v0::detail {

/// The system's clocks, and the ticks between which they were read.
struct ClockSample {
  std::uint64_t tick_before = 0;
  std::uint64_t tick_after = 0;
  std::int64_t monotonic = 0;
  std::uint64_t tick_at_realtime = 0;
  std::int64_t realtime = 0;
};

/// A stretch that is ready to be published.
struct PlannedStretch {
  std::uint64_t first_tick = 0;
  std::uint64_t ticks = 0;
  std::uint64_t rate = 0;
  std::int64_t first_nanosecond = 0;
  std::int64_t unix_offset = 0;
};

/// Turns samples into stretches, each of which
/// - begins no earlier than everything that was read from the one before, and never before
///   CLOCK_MONOTONIC, which readers use while there is no stretch; so time does not run backwards;
/// - runs at the rate that the counter showed since the sample before, or slower, when it began
///   ahead of CLOCK_MONOTONIC, so as to meet it at its end.
/// One caller at a time; `shift` any thread.
class ClockCalibration {
 public:
  constexpr explicit ClockCalibration(ClockStretches& stretches) noexcept : stretches_(stretches) {}

  /// The next stretch; none when the counter has not been watched for long enough.
  std::optional<PlannedStretch> plan(const ClockSample& sample) noexcept;
  void publish(const PlannedStretch& stretch) noexcept;
  /// Forgets a `plan` that was interrupted.
  void restart() noexcept { is_watching_ = false; }

  /// steady_now() - CLOCK_MONOTONIC: zero, until a suspension in which the counter went on.
  std::int64_t shift() const noexcept { return shift_.load(std::memory_order_acquire); }
  /// CLOCK_MONOTONIC before which `plan` has no answer.
  std::int64_t next_plan() const noexcept { return next_plan_.load(std::memory_order_relaxed); }

  static constexpr std::int64_t kShortestWatch = 20'000'000;
  static constexpr std::int64_t kStretch = 250'000'000;

 private:
  bool measure_rate(const ClockSample& sample) noexcept;
  void watch_from(const ClockSample& sample) noexcept;

  ClockStretches& stretches_;
  std::atomic<std::int64_t> shift_{0};
  std::atomic<std::int64_t> next_plan_{0};
  ClockSample watched_from_;
  double rate_ = 0;  // nanoseconds per tick; 0: not known yet
  std::int64_t watched_ = 0;
  bool is_watching_ = false;
  bool was_strange_ = false;
};

/// The last nanosecond that the newest stretch can give: no later reading may be below it.
std::int64_t last_nanosecond(const ClockStretches& stretches) noexcept;

}  // namespace weft::inline v0::detail
