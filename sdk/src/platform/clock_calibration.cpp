// SPDX-License-Identifier: Apache-2.0
#include "platform/clock_calibration.hpp"

#include <algorithm>
#include <cmath>

namespace weft::inline v0::detail {

namespace {

constexpr double kFraction = 4294967296.0;  // 2^32

// Counters of 250 MHz to 20 GHz are believed.
constexpr double kSlowestRate = 4.0;
constexpr double kFastestRate = 0.05;
// The kernel bends its clock by less than this; more is a suspension, or another counter.
constexpr double kMostChange = 1000e-6;
// How much slower than measured a stretch may run to get back to CLOCK_MONOTONIC …
constexpr double kMostSlowing = 500e-6;
// … and from where on it parts with it instead.
constexpr std::int64_t kTooFarAhead = 10'000'000;
// A stretch begins so far ahead: a thread that read CLOCK_MONOTONIC while it was being planned must
// not be behind what another then reads from it, wherever the two round down.
constexpr std::int64_t kLead = 4;
// A rate measured for so long may be trusted for so many times longer: at 20 ms it is good to 4
// ppm.
constexpr std::int64_t kTrust = 8;

std::int64_t nanosecond_at(std::uint64_t passed, std::uint64_t rate) noexcept {
  return static_cast<std::int64_t>((passed * rate) >> 32U);
}

}  // namespace

std::int64_t last_nanosecond(const ClockStretches& stretches) noexcept {
  for (;;) {
    const std::uint64_t number = stretches.newest.load(std::memory_order_acquire);
    const ClockStretch& stretch = stretches.stretches[number % ClockStretches::kCount];
    const std::int64_t last = stretch.first_nanosecond.load(std::memory_order_acquire) +
                              nanosecond_at(stretch.ticks.load(std::memory_order_acquire),
                                            stretch.rate.load(std::memory_order_acquire));
    if (stretches.newest.load(std::memory_order_relaxed) - number <= ClockStretches::kCount - 2) {
      return last;
    }
  }
}

void ClockCalibration::watch_from(const ClockSample& sample) noexcept {
  watched_from_ = sample;
  is_watching_ = true;
}

// The rate since the last sample. Rounded up (fewer ticks than have passed at most), so that a
// stretch does not fall behind CLOCK_MONOTONIC. False: there is none to go by yet.
bool ClockCalibration::measure_rate(const ClockSample& sample) noexcept {
  const auto ticks = static_cast<std::int64_t>(sample.tick_before - watched_from_.tick_after);
  const std::int64_t nanoseconds = sample.monotonic - watched_from_.monotonic;
  if (is_watching_ && ticks > 0 && nanoseconds < kShortestWatch) return rate_ != 0;
  const double rate = static_cast<double>(nanoseconds) / static_cast<double>(ticks);
  const bool is_plausible =
      is_watching_ && ticks > 0 && rate >= kFastestRate && rate <= kSlowestRate;
  const bool is_strange = !is_plausible || (rate_ != 0 && std::abs(rate / rate_ - 1) > kMostChange);
  watch_from(sample);
  // What is strange twice in a row is so.
  if (is_plausible && (!is_strange || was_strange_)) {
    rate_ = rate;
    watched_ = nanoseconds;
  }
  was_strange_ = is_strange;
  return rate_ != 0;
}

std::optional<PlannedStretch> ClockCalibration::plan(const ClockSample& sample) noexcept {
  if (!measure_rate(sample)) {
    next_plan_.store(watched_from_.monotonic + kShortestWatch, std::memory_order_relaxed);
    return std::nullopt;
  }
  const std::int64_t now = sample.monotonic + shift();
  const std::int64_t first = std::max(now + kLead, last_nanosecond(stretches_));
  std::int64_t ahead = first - now;
  if (ahead > kTooFarAhead) {
    shift_.store(shift() + ahead, std::memory_order_release);
    ahead = 0;
  }
  const auto length = static_cast<double>(std::min(kStretch, watched_ * kTrust));
  const double slowing = std::min(static_cast<double>(ahead) / length, kMostSlowing);
  PlannedStretch stretch{
      .first_tick = sample.tick_before,
      .ticks = static_cast<std::uint64_t>(length / rate_),
      .rate = static_cast<std::uint64_t>(rate_ * (1 - slowing) * kFraction),
      .first_nanosecond = first,
  };
  stretch.unix_offset = sample.realtime - first -
                        nanosecond_at(sample.tick_at_realtime - sample.tick_before, stretch.rate);
  return stretch;
}

void ClockCalibration::publish(const PlannedStretch& planned) noexcept {
  const std::uint64_t number = stretches_.newest.load(std::memory_order_relaxed) + 1;
  ClockStretch& stretch = stretches_.stretches[number % ClockStretches::kCount];
  stretch.first_tick.store(planned.first_tick, std::memory_order_relaxed);
  stretch.ticks.store(planned.ticks, std::memory_order_relaxed);
  stretch.rate.store(planned.rate, std::memory_order_relaxed);
  stretch.first_nanosecond.store(planned.first_nanosecond, std::memory_order_relaxed);
  stretch.unix_offset.store(planned.unix_offset, std::memory_order_relaxed);
  // Release: the stretch is whole before it can be found.
  stretches_.newest.store(number, std::memory_order_release);
}

}  // namespace weft::inline v0::detail
