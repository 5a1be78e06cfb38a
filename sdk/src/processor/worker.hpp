// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "processor/collector.hpp"
#include "processor/doorbell.hpp"
#include "processor/queue_credits.hpp"

namespace weft::inline v0::detail {

/// What a thread that ends a span must do for the worker, once it has pushed the record.
enum class WorkerMode : std::uint32_t {
  awake,      // nothing: it looks again before it sleeps
  napping,    // it sleeps for a moment: wake it when the queue is nearly full
  filling,    // it sleeps on the timer: wake it when the credits say that a batch is full
  idle,       // it sleeps for good: wake it
  counting,   // it sleeps on the timer, a batch is nearly full: count, and wake it at the last one
  unstarted,  // start it
  closed,     // shutdown has begun: drop the record
  abandoned,  // the process is a fork's child: nothing
};

/// Empties the queues when a batch is full, when the timer says so, and when a flush is wanted;
/// otherwise it sleeps, without a time-out when nothing waits. It never polls.
///
/// To wake a thread costs the waker microseconds. So under load, when a full batch has just left
/// and the next takes no more than kLongestNap at that pace, it naps for about that long instead of
/// being woken; a nap in which no batch came together is the last.
///
/// No wake-up is missed, though a thread that ends a span only reads `mode_` plainly:
/// - idle, counting, closed are read after each push, with a compiler fence between. Who enters one
///   of them writes `mode_`, runs `fence_all_threads`, and looks into the queues again. Either the
///   push came before that fence and is found there, or the read comes after it and sees the mode.
///   Where the system refuses that fence, these sleeps are cut short (kUnfencedNap).
/// - napping and filling are read only by a thread whose lease is spent and who sees, by the
///   credits, that a batch may be full; it reads by an atomic addition of nothing. Of that and the
///   worker's compare-exchange one comes first in the order of `mode_`: if the thread's, the worker
///   sees the thread's credits and goes on to count; if the worker's, the thread sees the mode.
/// Leased and unspent credits can make a batch look full that is not. Then the worker counts: each
/// push takes one from `missing_`, and the one that takes the last wakes it.
class Worker {
 public:
  Worker(Collector& collector, const QueueCredits& credits, std::size_t batch_size,
         std::chrono::milliseconds delay, WorkerMode first_mode) noexcept
      : collector_(collector),
        credits_(credits),
        batch_size_(batch_size),
        delay_(delay),
        mode_(static_cast<std::uint32_t>(first_mode)) {}

  // For threads that end spans.

  WorkerMode mode() const noexcept {
    // Relaxed: see above; what is done next reads it again.
    return static_cast<WorkerMode>(mode_.load(std::memory_order_relaxed));
  }
  /// After a push, in the modes idle and counting.
  void tell() noexcept;
  /// After the push that spent a lease.
  void tell_if_full() noexcept;
  /// True for the one caller that must start it.
  bool claim_start() noexcept;

  /// The thread's body; returns after `stop`.
  void run() noexcept;
  /// Async-signal-safe.
  void request_flush() noexcept;
  void stop() noexcept;
  /// From here on every push sees closed, or came before and is found in its queue.
  void close() noexcept;
  void abandon() noexcept;

 private:
  // Threads count down while the worker is still finding out from where: far above zero.
  static constexpr std::int32_t kUncounted = 1 << 30;

  void look(bool partial) noexcept;
  void set_timer(bool was_due) noexcept;
  bool enter(WorkerMode mode) noexcept;
  bool leave(WorkerMode mode) noexcept;
  void wake(WorkerMode mode) noexcept;
  WorkerMode fall_asleep() noexcept;
  WorkerMode count_down() noexcept;
  Deadline alarm(WorkerMode mode) const noexcept;

  Collector& collector_;
  const QueueCredits& credits_;
  const std::size_t batch_size_;
  const std::chrono::milliseconds delay_;
  std::atomic<bool> flush_wanted_{false};
  std::atomic<bool> stopping_{false};
  Doorbell doorbell_;

  // The worker's own.
  Deadline timer_ = Deadline::max();  // when what waits must leave
  Deadline looked_{};                 // when it last emptied the queues
  std::size_t waiting_ = 0;           // what it left in the batch being filled
  std::size_t sent_ = 0;
  // With a tail decision: as if something waited, so that nobody wakes it for each span that is
  // held or let go.
  bool lingers_ = false;
  Deadline give_up_ = Deadline::max();
  std::chrono::nanoseconds nap_{0};  // what the next batch takes at the pace of the last; 0: slow

  alignas(64) std::atomic<std::uint32_t> mode_;  // read at every hand-over
  alignas(64) std::atomic<std::int32_t> missing_{0};
};

}  // namespace weft::inline v0::detail
