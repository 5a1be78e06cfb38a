// SPDX-License-Identifier: Apache-2.0
#include "processor/doorbell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>

namespace weft::inline v0::detail {

namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

// std::atomic::wait has no deadline, and a semaphore's clock is not the steady one.
long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* deadline) noexcept {
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, deadline, nullptr,
                 FUTEX_BITSET_MATCH_ANY);
}

timespec to_timespec(Deadline deadline) noexcept {
  using std::chrono::nanoseconds;
  const std::int64_t count =
      std::max<std::int64_t>(0, nanoseconds(deadline.time_since_epoch()).count());
  timespec time{};
  time.tv_sec = static_cast<time_t>(count / 1'000'000'000);
  time.tv_nsec = static_cast<long>(count % 1'000'000'000);
  return time;
}

}  // namespace

void Doorbell::ring() noexcept {
  if (state_.exchange(rung, std::memory_order_acq_rel) != waited_for) return;
  const int saved = errno;  // a signal handler must leave it alone
  futex(state_, FUTEX_WAKE_BITSET, 1, nullptr);
  errno = saved;
}

bool Doorbell::wait(Deadline deadline) noexcept {
  std::uint32_t state = quiet;
  if (state_.compare_exchange_strong(state, waited_for, std::memory_order_acq_rel)) {
    // FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC, which is steady_clock.
    const timespec until = to_timespec(deadline);
    const timespec* limit = deadline == Deadline::max() ? nullptr : &until;
    while (state_.load(std::memory_order_acquire) == waited_for) {
      if (futex(state_, FUTEX_WAIT_BITSET, waited_for, limit) == -1 && errno == ETIMEDOUT) break;
    }
  }
  return state_.exchange(quiet, std::memory_order_acq_rel) == rung;
}

}  // namespace weft::inline v0::detail
