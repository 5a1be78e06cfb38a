// SPDX-License-Identifier: Apache-2.0
#include "processor/worker.hpp"

#include <sys/prctl.h>

#include <algorithm>

#include "platform/asymmetric_fence.hpp"
#include "platform/clock.hpp"
#include "platform/held_reports.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr Deadline kNever = Deadline::max();
constexpr std::chrono::milliseconds kUnfencedNap{100};
constexpr nanoseconds kShortestNap = std::chrono::microseconds(10);
constexpr nanoseconds kLongestNap = std::chrono::milliseconds(2);

constexpr std::uint32_t word(WorkerMode mode) noexcept { return static_cast<std::uint32_t>(mode); }

}  // namespace

bool Worker::claim_start() noexcept { return leave(WorkerMode::unstarted); }

void Worker::tell() noexcept {
  const WorkerMode mode = this->mode();
  if (mode == WorkerMode::counting && missing_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (mode == WorkerMode::idle || mode == WorkerMode::counting) wake(mode);
}

void Worker::tell_if_full() noexcept {
  if (!credits_.may_fill_a_batch()) return;
  const auto mode = static_cast<WorkerMode>(mode_.fetch_add(0, std::memory_order_acq_rel));
  const bool must_wake =
      mode == WorkerMode::filling || (mode == WorkerMode::napping && credits_.is_nearly_used_up());
  if (must_wake) wake(mode);
}

// One of those who see the mode wakes it.
void Worker::wake(WorkerMode mode) noexcept {
  if (leave(mode)) doorbell_.ring();
}

bool Worker::leave(WorkerMode mode) noexcept {
  std::uint32_t expected = word(mode);
  return mode_.compare_exchange_strong(expected, word(WorkerMode::awake), std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

bool Worker::enter(WorkerMode mode) noexcept {
  std::uint32_t expected = word(WorkerMode::awake);
  return mode_.compare_exchange_strong(expected, word(mode), std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

void Worker::run() noexcept {
  prctl(PR_SET_TIMERSLACK, kShortestNap.count());  // naps are shorter than the usual slack
  looked_ = steady_clock::now();
  while (!stopping_.load(std::memory_order_acquire)) {
    const bool is_wanted = flush_wanted_.exchange(false, std::memory_order_acq_rel);
    const bool is_due = timer_ != kNever && steady_clock::now() >= timer_;
    look(is_wanted || is_due);
    if (is_wanted) {
      for (const auto& lane : collector_.lanes()) lane->hurry();
    }
    set_timer(is_due);
    if (is_due) recalibrate();
    const WorkerMode mode = fall_asleep();
    if (mode == WorkerMode::awake) continue;
    doorbell_.wait(alarm(mode));
    if (mode != WorkerMode::closed) leave(mode);
  }
}

void Worker::look(bool partial) noexcept {
  const HeldReports held;  // a lane is given its batches under the collector's lock
  const std::size_t before = waiting_;
  const Collector::Collected collected = collector_.collect(partial);
  const Deadline now = steady_clock::now();
  const std::size_t total = collected.sent + collected.let_go + collected.waiting;
  const std::size_t came = total > before ? total - before : 0;  // a flush may have taken some
  using Seconds = std::chrono::duration<double>;
  const Seconds pace = Seconds(now - looked_) * static_cast<double>(batch_size_) /
                       static_cast<double>(std::max<std::size_t>(came, 1));
  const bool is_busy = collected.sent + collected.let_go >= batch_size_ && pace <= kLongestNap;
  nap_ = is_busy ? std::max(std::chrono::duration_cast<nanoseconds>(pace), kShortestNap)
                 : nanoseconds(0);
  looked_ = now;
  sent_ = collected.sent;
  waiting_ = collected.waiting;
  lingers_ = collected.lingers;
  give_up_ = std::min(collected.give_up, collector_.make_room(came != 0));
}

void Worker::set_timer(bool was_due) noexcept {
  if (waiting_ == 0 && !lingers_) {
    timer_ = kNever;
  } else if (timer_ == kNever || sent_ != 0 || was_due) {
    timer_ = looked_ + delay_;
  }
  timer_ = std::min(timer_, give_up_);
}

// The mode to sleep in. Awake: look again. Closed: it could not enter one; stop is coming.
WorkerMode Worker::fall_asleep() noexcept {
  if (nap_ != nanoseconds(0)) {
    return enter(WorkerMode::napping) ? WorkerMode::napping : WorkerMode::closed;
  }
  if (waiting_ != 0 || lingers_) {
    if (!enter(WorkerMode::filling)) return WorkerMode::closed;
    if (!credits_.may_fill_a_batch()) return WorkerMode::filling;
    return leave(WorkerMode::filling) ? count_down() : WorkerMode::awake;
  }
  if (!enter(WorkerMode::idle)) return WorkerMode::closed;
  fence_all_threads();
  look(false);
  if (sent_ == 0 && waiting_ == 0 && !lingers_) return WorkerMode::idle;
  leave(WorkerMode::idle);
  set_timer(false);
  return WorkerMode::awake;
}

// Finds out how many are missing while the threads already count: one that is found in its queue
// and has counted too only makes the worker look too early.
WorkerMode Worker::count_down() noexcept {
  missing_.store(kUncounted, std::memory_order_relaxed);  // published by enter
  if (!enter(WorkerMode::counting)) return WorkerMode::closed;
  fence_all_threads();
  look(false);
  const auto missing = static_cast<std::int32_t>(batch_size_ - waiting_);
  const std::int32_t change = missing - kUncounted;
  const bool is_full = missing_.fetch_add(change, std::memory_order_acq_rel) + change <= 0;
  if (sent_ == 0 && !is_full) return WorkerMode::counting;
  leave(WorkerMode::counting);
  set_timer(false);
  return WorkerMode::awake;
}

Deadline Worker::alarm(WorkerMode mode) const noexcept {
  if (mode == WorkerMode::napping) return std::min(timer_, looked_ + nap_);
  const bool needs_fence = mode == WorkerMode::idle || mode == WorkerMode::counting;
  if (!needs_fence || fence_all_threads_available()) return timer_;
  return std::min(timer_, steady_clock::now() + kUnfencedNap);
}

void Worker::request_flush() noexcept {
  flush_wanted_.store(true, std::memory_order_release);
  doorbell_.ring();
}

void Worker::stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  doorbell_.ring();
}

void Worker::close() noexcept {
  mode_.exchange(word(WorkerMode::closed), std::memory_order_acq_rel);
  fence_all_threads();
}

void Worker::abandon() noexcept {
  mode_.store(word(WorkerMode::abandoned), std::memory_order_release);
}

}  // namespace weft::inline v0::detail
