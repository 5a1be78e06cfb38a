// SPDX-License-Identifier: Apache-2.0
#include "processor/worker.hpp"

#include <algorithm>

#include "platform/asymmetric_fence.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::steady_clock;

constexpr Deadline kNever = Deadline::max();
constexpr std::chrono::milliseconds kUnfencedNap{100};

constexpr std::uint32_t word(WorkerMode mode) noexcept { return static_cast<std::uint32_t>(mode); }

}  // namespace

bool Worker::claim_start() noexcept { return leave(WorkerMode::unstarted); }

void Worker::tell() noexcept {
  const WorkerMode mode = this->mode();
  if (mode == WorkerMode::counting &&
      missing_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (mode == WorkerMode::idle || mode == WorkerMode::counting) wake(mode);
}

void Worker::tell_if_full() noexcept {
  if (!credits_.may_fill_a_batch()) return;
  if (mode_.fetch_add(0, std::memory_order_acq_rel) == word(WorkerMode::filling)) {
    wake(WorkerMode::filling);
  }
}

// One of those who see the mode wakes it.
void Worker::wake(WorkerMode mode) noexcept {
  if (leave(mode)) doorbell_.ring();
}

bool Worker::leave(WorkerMode mode) noexcept {
  std::uint32_t expected = word(mode);
  return mode_.compare_exchange_strong(expected, word(WorkerMode::awake),
                                       std::memory_order_acq_rel, std::memory_order_relaxed);
}

bool Worker::enter(WorkerMode mode) noexcept {
  std::uint32_t expected = word(WorkerMode::awake);
  return mode_.compare_exchange_strong(expected, word(mode), std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

void Worker::run() noexcept {
  Deadline timer = kNever;  // when what waits must leave
  while (!stopping_.load(std::memory_order_acquire)) {
    const bool is_wanted = flush_wanted_.exchange(false, std::memory_order_acq_rel);
    const bool is_due = timer != kNever && steady_clock::now() >= timer;
    const Collector::Collected collected = collector_.collect(is_wanted || is_due);
    if (is_wanted) {
      for (const auto& lane : collector_.lanes()) lane->hurry();
    }
    if (collected.waiting == 0) {
      timer = kNever;
    } else if (timer == kNever || collected.sent != 0 || is_due) {
      timer = steady_clock::now() + delay_;
    }
    const WorkerMode mode = fall_asleep(collected.waiting);
    if (mode == WorkerMode::awake) continue;
    doorbell_.wait(alarm(mode, timer));
    if (mode != WorkerMode::closed) leave(mode);
  }
}

// The mode to sleep in. Awake: look again. Closed: it could not enter one; stop is coming.
WorkerMode Worker::fall_asleep(std::size_t waiting) noexcept {
  if (waiting != 0) {
    if (!enter(WorkerMode::filling)) return WorkerMode::closed;
    if (!credits_.may_fill_a_batch()) return WorkerMode::filling;
    return leave(WorkerMode::filling) ? count_down() : WorkerMode::awake;
  }
  if (!enter(WorkerMode::idle)) return WorkerMode::closed;
  fence_all_threads();
  const Collector::Collected found = collector_.collect(false);
  if (found.sent == 0 && found.waiting == 0) return WorkerMode::idle;
  leave(WorkerMode::idle);
  return WorkerMode::awake;
}

// Finds out how many are missing while the threads already count: one that is found in its queue
// and has counted too only makes the worker look too early.
WorkerMode Worker::count_down() noexcept {
  missing_.store(kUncounted, std::memory_order_relaxed);  // published by enter
  if (!enter(WorkerMode::counting)) return WorkerMode::closed;
  fence_all_threads();
  const Collector::Collected found = collector_.collect(false);
  const auto missing = static_cast<std::int32_t>(batch_size_ - found.waiting);
  const std::int32_t change = missing - kUncounted;
  const bool is_full = missing_.fetch_add(change, std::memory_order_acq_rel) + change <= 0;
  if (found.sent == 0 && !is_full) return WorkerMode::counting;
  leave(WorkerMode::counting);
  return WorkerMode::awake;
}

Deadline Worker::alarm(WorkerMode mode, Deadline timer) const noexcept {
  const bool needs_fence = mode == WorkerMode::idle || mode == WorkerMode::counting;
  if (!needs_fence || fence_all_threads_available()) return timer;
  return std::min(timer, steady_clock::now() + kUnfencedNap);
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
