// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The bound on ended, unexported spans of the process (`BatchOptions::max_queue_size`), as a stock
/// of credits: a thread leases some, spends one for each span it ends, and a record that is freed
/// gives its credit back. So threads meet here once per lease, not once per span. Any thread.
///
///   bound == available + leased, unspent + queued or in the batch being filled + in flight
class QueueCredits {
 public:
  static constexpr std::uint64_t kLargestLease = 32;

  QueueCredits(std::uint64_t bound, std::uint64_t batch) noexcept
      : bound_(bound), batch_(batch), available_(bound) {}

  /// Some credits, never more than there are; 0 when the queue is full.
  std::uint32_t lease() noexcept {
    std::uint64_t available = available_.load(std::memory_order_acquire);
    std::uint64_t size = 0;
    do {
      if (available == 0) return 0;
      size = lease_size(available);
    } while (!available_.compare_exchange_weak(
        available, available - size, std::memory_order_acq_rel, std::memory_order_acquire));
    return static_cast<std::uint32_t>(size);
  }
  /// Unspent ones, or those of records that no exporter held.
  void give_back(std::uint64_t count) noexcept {
    available_.fetch_add(count, std::memory_order_acq_rel);
  }

  /// A batch went to the exporters, or records began to wait for a tail decision.
  void submitted(std::uint64_t count) noexcept {
    in_flight_.fetch_add(count, std::memory_order_acq_rel);
  }
  /// The other way round, of what waited for a tail decision: `waiting` counts it again.
  void taken_back(std::uint64_t count) noexcept {
    in_flight_.fetch_sub(count, std::memory_order_acq_rel);
  }
  /// Its records are free again. In this order, so that who sees the new `available_` sees the new
  /// `in_flight_`: `waiting` may then be too high for a moment, never too low.
  void settled(std::uint64_t count) noexcept {
    in_flight_.fetch_sub(count, std::memory_order_acq_rel);
    available_.fetch_add(count, std::memory_order_acq_rel);
  }

  /// An upper bound of the spans that no batch has taken yet: what threads have leased and not
  /// spent counts too. Exact while every thread has spent its lease.
  std::uint64_t waiting() const noexcept {
    return waiting(available_.load(std::memory_order_acquire));
  }
  bool may_fill_a_batch() const noexcept { return waiting() >= batch_; }
  /// Time to make room.
  bool is_nearly_used_up() const noexcept {
    return available_.load(std::memory_order_acquire) < bound_ / 3;
  }

  /// A span found no room; true once after it.
  void note_refused() noexcept {
    if (!is_refusing_.load(std::memory_order_relaxed)) {
      is_refusing_.store(true, std::memory_order_relaxed);
    }
  }
  bool has_refused() noexcept { return is_refusing_.exchange(false, std::memory_order_relaxed); }

  void thread_came() noexcept { threads_.fetch_add(1, std::memory_order_relaxed); }
  void thread_left() noexcept { threads_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::uint64_t waiting(std::uint64_t available) const noexcept {
    const std::uint64_t in_flight = in_flight_.load(std::memory_order_acquire);
    return available + in_flight < bound_ ? bound_ - available - in_flight : 0;
  }

  // Small against what is left of the bound and of the batch being filled, so that neither is
  // missed by much through what idle threads keep unspent: the last ones are leased one by one.
  std::uint64_t lease_size(std::uint64_t available) const noexcept {
    const std::uint64_t threads = std::max<std::uint64_t>(
        1, threads_.load(std::memory_order_relaxed));  // a hint: its age does not matter
    std::uint64_t size = available / (8 * threads);
    const std::uint64_t waiting = this->waiting(available);
    if (waiting < batch_) size = std::min(size, (batch_ - waiting) / (2 * threads));
    return std::clamp<std::uint64_t>(size, 1, kLargestLease);
  }

  const std::uint64_t bound_;
  const std::uint64_t batch_;
  std::atomic<bool> is_refusing_{false};
  std::atomic<std::uint64_t> threads_{0};
  // On a line of their own: written at every lease.
  alignas(64) std::atomic<std::uint64_t> available_;
  std::atomic<std::uint64_t> in_flight_{0};
};

}  // namespace weft::inline v0::detail
