// SPDX-License-Identifier: Apache-2.0
#include "platform/clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "platform/clock_calibration.hpp"
#include "platform/clock_source.hpp"

namespace weft::inline v0::detail {

constinit ClockStretches clock_stretches;

namespace {

enum class Source : std::uint8_t { unknown, counter, system };

constinit std::atomic<Source> source{Source::unknown};
constinit ClockCalibration calibration(clock_stretches);
constinit std::atomic<std::int64_t> next_source_check{0};

constexpr std::int64_t kSourceCheck = 60'000'000'000;
// From a sample to its publication; longer, and the sample is stale: somebody else ran meanwhile.
constexpr std::uint64_t kFreshTicks = 200'000;
// Readers on other CPUs may be this much behind the one that began a stretch.
constexpr std::uint64_t kSkewTicks = 1'000'000;

std::int64_t read_system(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Held by the one thread that calibrates; the others go on. By the process's number, so that a
/// forked child does not wait for a thread that it does not have.
class CalibrationLock {
 public:
  CalibrationLock() noexcept {
    const pid_t self = getpid();
    pid_t before = 0;
    is_held_ = holder.compare_exchange_strong(before, self, std::memory_order_acquire);
    if (is_held_ || before == self) return;
    is_held_ = holder.compare_exchange_strong(before, self, std::memory_order_acquire);
    is_inherited_ = true;
  }
  CalibrationLock(const CalibrationLock&) = delete;
  CalibrationLock& operator=(const CalibrationLock&) = delete;
  ~CalibrationLock() {
    if (is_held_) holder.store(0, std::memory_order_release);
  }
  explicit operator bool() const noexcept { return is_held_; }
  /// The parent's thread was calibrating when this process was forked.
  bool is_inherited() const noexcept { return is_inherited_; }

 private:
  static constinit std::atomic<pid_t> holder;
  bool is_held_ = false;
  bool is_inherited_ = false;
};
constinit std::atomic<pid_t> CalibrationLock::holder{0};

/// A clock, and the ticks between which it was read: the closest of three attempts.
struct Sandwich {
  explicit Sandwich(clockid_t clock) noexcept {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const std::uint64_t first = ordered_counter_tick();
      const std::int64_t now = read_system(clock);
      const std::uint64_t last = ordered_counter_tick();
      if (attempt == 0 || last - first < after - before) {
        before = first;
        after = last;
        nanosecond = now;
      }
    }
  }
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::int64_t nanosecond = 0;
};

ClockSample take_sample() noexcept {
  const Sandwich monotonic(CLOCK_MONOTONIC);
  const Sandwich realtime(CLOCK_REALTIME);
  return {.tick_before = monotonic.before,
          .tick_after = monotonic.after,
          .monotonic = monotonic.nanosecond,
          .tick_at_realtime = realtime.before + (realtime.after - realtime.before) / 2,
          .realtime = realtime.nanosecond};
}

// The newest stretch, also for a tick just before its first.
bool read_newest(ClockReading& reading) noexcept {
  if (clock_stretches.read<ordered_counter_tick>(reading)) return true;
  const std::uint64_t number = clock_stretches.newest.load(std::memory_order_acquire);
  const ClockStretch& stretch = clock_stretches.stretches[number % ClockStretches::kCount];
  const std::uint64_t first_tick = stretch.first_tick.load(std::memory_order_acquire);
  reading = {stretch.first_nanosecond.load(std::memory_order_acquire),
             stretch.unix_offset.load(std::memory_order_acquire)};
  return number != 0 && first_tick - ordered_counter_tick() < kSkewTicks &&
         clock_stretches.newest.load(std::memory_order_relaxed) == number;
}

bool may_calibrate(std::int64_t monotonic) noexcept {
  Source known = source.load(std::memory_order_relaxed);
  if (known == Source::unknown) {
    known = counter_is_trusted() ? Source::counter : Source::system;
    source.store(known, std::memory_order_relaxed);
    next_source_check.store(monotonic + kSourceCheck, std::memory_order_relaxed);
  }
  return known == Source::counter && monotonic >= calibration.next_plan();
}

// Adds a stretch; not when another thread is doing it.
bool extend(ClockReading& reading) noexcept {
  const CalibrationLock lock;
  if (!lock) return false;
  if (lock.is_inherited()) calibration.restart();
  if (read_newest(reading)) return true;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const ClockSample sample = take_sample();
    const std::optional<PlannedStretch> stretch = calibration.plan(sample);
    if (!stretch) return false;
    if (ordered_counter_tick() - sample.tick_before < kFreshTicks) {
      calibration.publish(*stretch);
      return read_newest(reading);
    }
  }
  return false;
}

// By the counter, which may need a new stretch; false: by the system's clocks.
bool read_counter(ClockReading& reading) noexcept {
  if (source.load(std::memory_order_relaxed) == Source::system) return false;
  if (clock_stretches.newest.load(std::memory_order_relaxed) != 0 && read_newest(reading)) {
    return true;
  }
  return may_calibrate(read_system(CLOCK_MONOTONIC)) && extend(reading);
}

// While another thread calibrates. Its new stretch may be there by now: then what that says; the
// end of one that is not over would be ahead of everybody.
std::int64_t from_system(std::int64_t monotonic) noexcept {
  for (;;) {
    const std::uint64_t number = clock_stretches.newest.load(std::memory_order_acquire);
    ClockReading reading;
    if (number != 0 && read_newest(reading)) return reading.steady;
    const std::int64_t ended = last_nanosecond(clock_stretches);
    if (clock_stretches.newest.load(std::memory_order_acquire) == number) {
      return std::max(monotonic + calibration.shift(), ended);
    }
  }
}

}  // namespace

std::int64_t steady_now_slowly() noexcept {
  ClockReading reading;
  if (read_counter(reading)) return reading.steady;
  return from_system(read_system(CLOCK_MONOTONIC));
}

ClockReading read_clock_slowly() noexcept {
  ClockReading reading;
  if (read_counter(reading)) return reading;
  // Both clocks at the same moment, or nearly: an interruption between them would shift the trace.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const std::int64_t before = read_system(CLOCK_MONOTONIC);
    const std::int64_t realtime = read_system(CLOCK_REALTIME);
    const std::int64_t after = read_system(CLOCK_MONOTONIC);
    reading.steady = from_system(after);
    reading.unix_offset = realtime - from_system(before + (after - before) / 2);
    if (after - before < 1000) break;
  }
  return reading;
}

std::int64_t unix_offset_slowly() noexcept { return read_clock_slowly().unix_offset; }

void recalibrate() noexcept {
  const std::int64_t now = read_system(CLOCK_MONOTONIC);
  const std::int64_t due = next_source_check.load(std::memory_order_relaxed);
  if (source.load(std::memory_order_relaxed) == Source::counter && now >= due) {
    next_source_check.store(now + kSourceCheck, std::memory_order_relaxed);
    if (!counter_is_trusted()) source.store(Source::system, std::memory_order_relaxed);
  }
  steady_now();
}

}  // namespace weft::inline v0::detail
