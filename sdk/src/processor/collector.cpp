// SPDX-License-Identifier: Apache-2.0
#include "processor/collector.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <utility>

#include "platform/clock.hpp"

namespace weft::inline v0::detail {

namespace {

// While something is spilled the worker looks so often whether the backend is back.
constexpr std::chrono::seconds kRetry{1};

// An exporter that holds something and has got nothing out for so long makes room for the others.
constexpr std::chrono::seconds kStall{1};
// While little is left the worker looks so often whether somebody wants it.
constexpr std::chrono::milliseconds kLook{300};

}  // namespace

Collector::Collector(std::size_t batch_size, std::shared_ptr<BatchTracker> tracker,
                     std::vector<std::shared_ptr<Lane>> lanes,
                     std::unique_ptr<TailStage> tail) noexcept
    : batch_size_(batch_size),
      tracker_(std::move(tracker)),
      lanes_(std::move(lanes)),
      tail_(std::move(tail)) {}

Collector::~Collector() {
  adopt_arrivals();
  while (queues_ != nullptr) std::exchange(queues_, queues_->next)->drop();
}

void Collector::attach(ThreadQueue& queue) noexcept {
  queue.next = arrivals_.load(std::memory_order_relaxed);
  // Release: who adopts the queue sees it whole. Nothing is ever taken out of the middle, so the
  // compare-exchange cannot be fooled by a queue that went and came back.
  while (!arrivals_.compare_exchange_weak(queue.next, &queue, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

void Collector::adopt_arrivals() noexcept {
  ThreadQueue* arrived = arrivals_.exchange(nullptr, std::memory_order_acquire);
  while (arrived != nullptr) {
    ThreadQueue* queue = std::exchange(arrived, arrived->next);
    queue->next = std::exchange(queues_, queue);
  }
}

Collector::Collected Collector::collect(bool partial) noexcept {
  Collected collected;
  {
    const std::lock_guard lock(mutex_);
    collected = collect_locked(partial);
    if (!is_closed_) send_spilled();
    if (!is_closed_ && has_spilled()) {
      collected.give_up = std::min(collected.give_up, std::chrono::steady_clock::now() + kRetry);
    }
  }
  if (overflow_ != nullptr) overflow_->report();
  return collected;
}

Deadline Collector::make_room(bool is_wanted) noexcept {
  if (lanes_.size() < 2 || !tracker_->progress().is_nearly_full) return Deadline::max();
  if (tracker_->has_refused() || is_wanted) {
    shed(Shed::waiting);
    shed(Shed::all);
    for (const auto& lane : lanes_) lane->tell_of_shed();
  }
  return std::chrono::steady_clock::now() + kLook;
}

void Collector::shed(Shed which) noexcept {
  if (which == Shed::all && !has_stalled()) return;
  constexpr int kMisses = 64;
  int misses = 0;
  std::uint64_t number = 0;
  while (const auto held = tracker_->next_held(number)) {
    number = held->number();
    bool is_shed = false;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (which == Shed::all && !tracker_->is_stalled(lane, kStall)) continue;
      is_shed = lanes_[lane]->shed(*held, which) || is_shed;
    }
    // What is held but not for another try lies at the front.
    misses = is_shed ? 0 : misses + 1;
    if (which == Shed::waiting && misses == kMisses) return;
  }
}

bool Collector::has_stalled() const noexcept {
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    if (tracker_->is_stalled(lane, kStall)) return true;
  }
  return false;
}

void Collector::resume() noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_closed_) send_spilled();
}

Collector::Collected Collector::close() noexcept {
  const std::lock_guard lock(mutex_);
  if (tail_ != nullptr) {
    Collected last;
    drain(last);
    tail_->decide_all();
  }
  const Collected collected = collect_locked(true);
  is_closed_ = true;
  if (overflow_ != nullptr) overflow_->release_all();
  return collected;
}

Collector::Collected Collector::collect_locked(bool partial) noexcept {
  Collected collected;
  const bool is_complete = tail_ != nullptr ? drain_and_decide(collected) : drain(collected);
  if (partial && filling_ != nullptr && !filling_->records.empty()) send(collected);
  if (filling_ != nullptr) collected.waiting = filling_->records.size();
  // Out of memory: something waits, and will be tried again.
  if (!is_complete) collected.waiting = std::max<std::size_t>(collected.waiting, 1);
  return collected;
}

// False when no batch could be made.
bool Collector::drain(Collected& collected) noexcept {
  adopt_arrivals();
  for (ThreadQueue** link = &queues_; *link != nullptr;) {
    ThreadQueue& queue = **link;
    const bool is_orphan = queue.is_orphan();
    if (!drain_queue(queue, collected)) return false;
    if (is_orphan) {
      *link = queue.next;
      queue.drop();
    } else {
      link = &queue.next;
    }
  }
  return true;
}

// What a local root's end decides may have ended on other threads before it, and their queues may
// have been emptied before its: they are emptied once more.
bool Collector::drain_and_decide(Collected& collected) noexcept {
  const std::size_t held_before = tail_->held();
  drain(collected);
  if (tail_->mark_ready()) drain(collected);
  if (is_closed_) tail_->decide_all();
  tail_->decide_marked(steady_now());
  // In this order, so that what waits is never taken for less than it is.
  tracker_->hold(held_before, tail_->held());
  collected.let_go = tail_->let_go().size();
  tracker_->let_go(tail_->let_go());
  collected.lingers |= tail_->held() != 0;
  const std::int64_t give_up = tail_->next_give_up();
  if (give_up != std::numeric_limits<std::int64_t>::max()) {
    collected.give_up =
        std::chrono::steady_clock::now() + std::chrono::nanoseconds(give_up - steady_now());
  }
  return fill_batches(tail_->kept(), collected);
}

// False when no batch could be made; the rest is tried again.
bool Collector::fill_batches(RecordChain& records, Collected& collected) noexcept {
  while (!records.empty()) {
    if (!has_room()) return false;
    filling_->records.push_back(&records.pop(tracker_->pool()));  // there is room for a whole batch
    if (filling_->records.size() == batch_size_) send(collected);
  }
  return true;
}

// What is there now: a thread that goes on ending spans is looked at again by the next one.
bool Collector::drain_queue(ThreadQueue& queue, Collected& collected) noexcept {
  std::size_t left = queue.size();
  if (left == 0) queue.trim();
  if (tail_ != nullptr) return take_queue(queue, left, collected);
  while (left > 0) {
    if (!has_room()) return false;
    std::vector<Record*>& records = filling_->records;
    const std::size_t before = records.size();
    records.resize(std::min(batch_size_, before + left));
    left -= queue.pop(std::span(records).subspan(before));
    if (records.size() == batch_size_) send(collected);
  }
  return true;
}

bool Collector::take_queue(ThreadQueue& queue, std::size_t left, Collected& collected) noexcept {
  collected.lingers |= left != 0;
  const std::int64_t now = steady_now();
  Record* records[64];
  while (left > 0) {
    const std::size_t count =
        queue.pop(std::span(records).first(std::min(left, std::size(records))));
    for (std::size_t i = 0; i < count; ++i) tail_->take(*records[i], now);
    left -= count;
  }
  return true;
}

bool Collector::has_room() noexcept {
  if (filling_ == nullptr) filling_ = tracker_->make_batch();
  return filling_ != nullptr;
}

void Collector::spill_to(std::shared_ptr<Overflow> overflow, std::shared_ptr<Recovery> recovery,
                         const WorkerOptions& options) {
  overflow_ = std::move(overflow);
  recovery_ = std::move(recovery);
  recovery_options_ = options;
}

// To the disk instead of to exporters that get nothing out.
void Collector::spill(Collected& collected) noexcept {
  std::vector<Record*>& records = filling_->records;
  std::uint64_t forgotten = 0;
  const std::size_t count = overflow_->append(records, forgotten);
  tracker_->keep(std::span(records).first(count), forgotten);
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(count));
  collected.sent += count;
}

// If there is something, and nothing is stuck.
void Collector::send_spilled() noexcept {
  if (overflow_ == nullptr || !recovery_->is_done()) return;
  const bool is_empty = overflow_->is_empty();
  if (const std::uint64_t lost = overflow_->take_lost(); lost != 0) tracker_->forget(lost);
  if (is_empty || is_stuck()) return;
  overflow_->seal();
  recovery_->again(recovery_options_);
}

bool Collector::has_spilled() noexcept {
  return overflow_ != nullptr && (!recovery_->is_done() || !overflow_->is_empty());
}

bool Collector::is_stuck() noexcept { return overflow_->is_wanted(tracker_->progress()); }

void Collector::send(Collected& collected) noexcept {
  if (is_closed_) {
    tracker_->drop(filling_->records);
    filling_->records.clear();
    return;
  }
  if (overflow_ != nullptr && is_stuck()) {
    spill(collected);
    if (filling_->records.empty()) return;
  }
  const std::shared_ptr<Batch> batch = std::exchange(filling_, nullptr);
  collected.sent += batch->records.size();
  tracker_->begin(*batch);
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i]->submit(BatchTracker::share(*batch), BatchTracker::completion(*batch, i));
  }
}

}  // namespace weft::inline v0::detail
