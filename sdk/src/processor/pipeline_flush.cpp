// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <utility>

#include "platform/held_reports.hpp"
#include "processor/pipeline.hpp"

// The slow half of the pipeline: flush, shutdown, and life without a worker.

namespace weft::inline v0::detail {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What threads that are not stuck get to end in when the flush has taken all of its time: the last
// part of a shutdown's timeout, and of a very short one a little more.
constexpr milliseconds kEndingTime{100};
constexpr milliseconds kLeastEndingTime{10};

Deadline before_ending(Deadline deadline) noexcept {
  const auto left = std::max(deadline - steady_clock::now(), Deadline::duration::zero());
  return deadline - std::min<Deadline::duration>(kEndingTime, left / 4);
}

}  // namespace

FlushResult Pipeline::force_flush(Deadline deadline) noexcept {
  if (is_abandoned() || lanes_.empty()) return FlushResult::success;
  const FlushResult result = flush([this] { return collect(); }, deadline);
  if (result.status() == FlushResult::timed_out) return result;
  resume();
  return worse(result, finish_recovery(deadline));
}

// A lane is given its batches, and recovery its thread, under the collector's lock: what the user
// is told of that is told when it is free.
Collector::Collected Pipeline::collect() noexcept {
  const HeldReports held;
  return collector_.collect(true);
}

void Pipeline::resume() noexcept {
  const HeldReports held;
  collector_.resume();
}

// What dead processes left is a part of what there is to send.
FlushResult Pipeline::finish_recovery(Deadline deadline) noexcept {
  if (recovery_ == nullptr) return FlushResult::success;
  constexpr milliseconds kLook{20};
  std::uint64_t hurried = 0;  // once for each batch: what fails again waits for its backoff
  while (!recovery_->is_done()) {
    const Deadline now = steady_clock::now();
    if (now >= deadline) return FlushResult::timed_out;
    if (!recovery_->is_threaded()) recovery_->step();
    const Deadline until = std::min(deadline, now + kLook);
    const std::uint64_t submitted = recovery_->submitted();
    if (std::exchange(hurried, submitted) != submitted) {
      for (const auto& lane : lanes_) lane->hurry();
    }
    if (!drive_lanes(until)) recovery_->wait(until);
  }
  return FlushResult::success;
}

template <class Collect>
FlushResult Pipeline::flush(Collect&& collect, Deadline deadline) noexcept {
  // Made before anything is sent: an answer may come at once.
  BatchTracker::Watch watch(*tracker_);
  const Collector::Collected collected = collect();
  watch.seal();
  for (const auto& lane : lanes_) lane->hurry();
  if (!wait_for_answers(watch, deadline)) return FlushResult::timed_out;
  const bool is_delivered = collected.waiting == 0 && !watch.has_failed();
  return worse(is_delivered ? FlushResult::success : FlushResult::failed,
               flush_exporters(deadline));
}

bool Pipeline::wait_for_answers(BatchTracker::Watch& watch, Deadline deadline) noexcept {
  while (!watch.is_answered()) {
    const Deadline until = watch.patience(deadline, options_.export_timeout);
    if (steady_clock::now() >= until) return false;
    if (!drive_lanes(until)) return watch.wait(deadline, options_.export_timeout);
  }
  return true;
}

// Each that has no thread and something to do, in its turn; false when there is none.
bool Pipeline::drive_lanes(Deadline until) noexcept {
  bool found = false;
  for (const auto& lane : lanes_) {
    if (!lane->needs_driving() || steady_clock::now() >= until) continue;
    lane->drive(until);
    found = true;
  }
  return found;
}

FlushResult Pipeline::flush_exporters(Deadline deadline) noexcept {
  FlushResult result = FlushResult::success;
  for (const auto& lane : lanes_) result = worse(result, lane->flush(deadline));
  return result;
}

FlushResult Pipeline::shutdown(Deadline deadline) noexcept {
  if (is_abandoned()) return FlushResult::success;
  if (const auto result = wait_for_first_shutdown(deadline)) return *result;
  const Deadline flushed_by = before_ending(deadline);
  // Half of the time at most: this process's own spans come first.
  const Deadline now = steady_clock::now();
  collector_.collect(false);
  if (flushed_by > now) finish_recovery(now + (flushed_by - now) / 2);
  if (recovery_ != nullptr) recovery_->stop();
  worker_.close();
  {
    const std::lock_guard lock(starting_);
    is_closing_ = true;
  }
  worker_.stop();
  FlushResult result = flush([this] { return collector_.close(); }, flushed_by);
  result = worse(result, end_threads(deadline));
  collector_.collect(true);  // whoever came late without a fence to tell it
  const bool has_left = tracker_->abandon();
  const std::lock_guard lock(ending_);
  has_left_records_behind_ = has_left;
  shutdown_result_ = result;
  ended_.notify_all();
  return result;
}

// Nothing for the first, who goes on to do it.
std::optional<FlushResult> Pipeline::wait_for_first_shutdown(Deadline deadline) noexcept {
  std::unique_lock lock(ending_);
  if (!std::exchange(has_shutdown_begun_, true)) return std::nullopt;
  const bool ended =
      ended_.wait_until(lock, deadline, [this] { return shutdown_result_.has_value(); });
  return ended ? *shutdown_result_ : FlushResult::timed_out;
}

FlushResult Pipeline::end_threads(Deadline deadline) noexcept {
  for (const auto& lane : lanes_) lane->close(deadline);
  const Deadline last = std::max(deadline, steady_clock::now() + kLeastEndingTime);
  FlushResult result = FlushResult::success;
  for (const auto& lane : lanes_) result = worse(result, lane->finish(last));
  if (recovery_ != nullptr) {
    if (!recovery_->is_threaded()) recovery_->step();
    if (!recovery_->finish(last)) result = worse(result, FlushResult::timed_out);
  }
  if (!worker_thread_.finish(last)) result = worse(result, FlushResult::timed_out);
  return result;
}

std::size_t Pipeline::run_once(Deadline deadline) noexcept {
  if (is_abandoned() || lanes_.empty()) return 0;
  const std::size_t sent = collect().sent;
  collector_.make_room(sent != 0);
  if (recovery_ != nullptr && !recovery_->is_threaded()) {
    while (recovery_->step() && recovery_->has_more() && steady_clock::now() < deadline) {
    }
  }
  if (steady_clock::now() >= deadline) {
    for (const auto& lane : lanes_) {
      if (lane->needs_driving()) lane->drive_once();
    }
    return sent;
  }
  BatchTracker::Watch watch(*tracker_);
  watch.seal();
  wait_for_answers(watch, deadline);
  return sent;
}

}  // namespace weft::inline v0::detail
