// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

// The clock of spans: nanoseconds that never run backwards, read from the CPU's counter where that
// is sound, else by clock_gettime. Why, and how fast: docs/decisions/0003-clock.md.

namespace weft::inline v0::detail {

/// What the clock says, and what to add to that for Unix time.
struct ClockReading {
  std::int64_t steady = 0;
  std::int64_t unix_offset = 0;
};

/// One stretch of time in which a straight line turns the counter into nanoseconds.
struct ClockStretch {
  std::atomic<std::uint64_t> first_tick{0};
  std::atomic<std::uint64_t> ticks{0};  // how long it is; none: always take the slow way
  std::atomic<std::uint64_t> rate{0};   // nanoseconds per tick, 32 bits of fraction
  std::atomic<std::int64_t> first_nanosecond{0};
  std::atomic<std::int64_t> unix_offset{0};
};

/// The newest stretches; one is written only while no reader can be in it. Each begins where the
/// one before has ended, so that what a reader gets depends on the tick alone: one that found an
/// old stretch is not wrong, it is sent the slow way.
struct ClockStretches {
  static constexpr std::size_t kCount = 4;
  std::atomic<std::uint64_t> newest{0};
  ClockStretch stretches[kCount];

  /// What the counter says now, when the newest stretch covers it.
  template <std::uint64_t (*Tick)() noexcept>
  bool read(ClockReading& reading) const noexcept {
    const std::uint64_t number = newest.load(std::memory_order_acquire);
    const ClockStretch& stretch = stretches[number % kCount];
    // Acquire (plain loads on this CPU) keeps the look at `newest` below them.
    const std::uint64_t first_tick = stretch.first_tick.load(std::memory_order_acquire);
    const std::uint64_t ticks = stretch.ticks.load(std::memory_order_acquire);
    const std::uint64_t rate = stretch.rate.load(std::memory_order_acquire);
    reading.steady = stretch.first_nanosecond.load(std::memory_order_acquire);
    reading.unix_offset = stretch.unix_offset.load(std::memory_order_acquire);
    const std::uint64_t passed = Tick() - first_tick;
    if (passed >= ticks) [[unlikely]]
      return false;
    reading.steady += static_cast<std::int64_t>((passed * rate) >> 32U);
    // Nobody had begun to write this one anew.
    return newest.load(std::memory_order_relaxed) - number <= kCount - 2;
  }
};

[[gnu::visibility("hidden")]] extern constinit ClockStretches clock_stretches;
std::int64_t steady_now_slowly() noexcept;
std::int64_t unix_offset_slowly() noexcept;
ClockReading read_clock_slowly() noexcept;

#if defined(__x86_64__)
inline std::uint64_t counter_tick() noexcept { return __builtin_ia32_rdtsc(); }
inline std::uint64_t ordered_counter_tick() noexcept {
  __builtin_ia32_lfence();
  return __builtin_ia32_rdtsc();
}
#else
inline std::uint64_t counter_tick() noexcept { return 0; }  // no stretch has a tick here
inline std::uint64_t ordered_counter_tick() noexcept { return 0; }
#endif

/// Nanoseconds since some moment. Any thread; never blocks. It never runs backwards on a thread;
/// between threads it may seem to by as much as the CPU reads the counter ahead of the load that
/// brought the news from the other (tens of nanoseconds; see `ordered_steady_now`). Goes with
/// CLOCK_MONOTONIC, but is not for deadlines: a suspension may part them for good.
inline std::int64_t steady_now() noexcept {
  ClockReading reading;
  if (clock_stretches.read<counter_tick>(reading)) [[likely]]
    return reading.steady;
  return steady_now_slowly();
}

/// The same, not before anything that this thread has read: never backwards between threads either.
inline std::int64_t ordered_steady_now() noexcept {
  ClockReading reading;
  if (clock_stretches.read<ordered_counter_tick>(reading)) [[likely]]
    return reading.steady;
  return steady_now_slowly();
}

/// What to add to `steady_now()` to get Unix time, at this moment. Read it once per local root, for
/// all spans below. A step of the wall clock is seen after a quarter of a second.
inline std::int64_t unix_offset() noexcept {
  ClockReading reading;
  if (clock_stretches.read<counter_tick>(reading)) [[likely]]
    return reading.unix_offset;
  return unix_offset_slowly();
}

/// Both at the price of one.
inline ClockReading read_clock() noexcept {
  ClockReading reading;
  if (clock_stretches.read<counter_tick>(reading)) [[likely]]
    return reading;
  return read_clock_slowly();
}

/// Renews the calibration when it is due, and now and then asks whether the kernel still trusts the
/// counter. For a thread that has time; without it readers do the first by themselves.
void recalibrate() noexcept;

}  // namespace weft::inline v0::detail
