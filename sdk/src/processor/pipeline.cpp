// SPDX-License-Identifier: Apache-2.0
#include "processor/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "platform/held_reports.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::milliseconds;

constinit std::atomic<std::uint64_t> next_number{1};

// `init` has told the user about what makes no sense; here it must only do no harm.
BatchOptions bounded(BatchOptions options) {
  constexpr std::size_t kLargestQueue = std::size_t{1} << 28U;
  constexpr milliseconds kLongest = std::chrono::hours(24 * 365);
  const BatchOptions defaults;
  options.max_queue_size = std::clamp<std::size_t>(options.max_queue_size, 1, kLargestQueue);
  options.max_export_batch_size =
      std::clamp<std::size_t>(options.max_export_batch_size, 1, options.max_queue_size);
  if (options.schedule_delay < milliseconds(0)) options.schedule_delay = defaults.schedule_delay;
  if (options.export_timeout <= milliseconds(0)) options.export_timeout = defaults.export_timeout;
  options.schedule_delay = std::min(options.schedule_delay, kLongest);
  options.export_timeout = std::min(options.export_timeout, kLongest);
  return options;
}

// An exporter that is given twice is one exporter: nobody calls it from two threads.
std::vector<std::shared_ptr<Lane>> make_lanes(const std::vector<ExporterPtr>& exporters,
                                              const WorkerOptions& options) {
  std::vector<std::shared_ptr<Lane>> lanes;
  for (auto exporter = exporters.begin(); exporter != exporters.end(); ++exporter) {
    if (*exporter == nullptr || std::find(exporters.begin(), exporter, *exporter) != exporter) {
      continue;
    }
    lanes.push_back(std::make_shared<Lane>(*exporter, options, lanes.size() + 1));
  }
  return lanes;
}

std::vector<std::string> names_of(const std::vector<std::shared_ptr<Lane>>& lanes) {
  std::vector<std::string> names;
  for (const auto& lane : lanes) names.emplace_back(lane->name());
  return names;
}

// Half of the queue may wait for a decision; the other half must do for batches on their way.
std::unique_ptr<TailStage> make_tail(const std::optional<TailPolicy>& policy,
                                     const BatchOptions& options, RecordPool& pool) {
  if (!policy) return nullptr;
  return std::make_unique<TailStage>(*policy, std::max<std::size_t>(options.max_queue_size / 2, 1),
                                     pool);
}

void leave_queue(ThreadData& thread) noexcept {
  if (thread.queue == nullptr) return;
  std::exchange(thread.queue, nullptr)->leave(std::exchange(thread.queue_credits, 0U));
}

}  // namespace

std::shared_ptr<Pipeline> Pipeline::create(BatchOptions options, std::vector<ExporterPtr> exporters,
                                           RecordPool& pool,
                                           const std::optional<TailPolicy>& tail) {
  on_thread_exit(leave_queue);
  fence_all_threads_available();  // registers the process now, not at the first span
  options = bounded(std::move(options));
  return std::make_shared<Pipeline>(options, make_lanes(exporters, options.worker), pool,
                                    make_tail(tail, options, pool));
}

Pipeline::Pipeline(const BatchOptions& options, std::vector<std::shared_ptr<Lane>> lanes,
                   RecordPool& pool, std::unique_ptr<TailStage> tail)
    : number_(next_number.fetch_add(1, std::memory_order_relaxed)),
      options_(options),
      pool_(pool),
      lanes_(std::move(lanes)),
      credits_(
          std::make_shared<QueueCredits>(options.max_queue_size, options.max_export_batch_size)),
      tracker_(std::make_shared<BatchTracker>(pool, credits_, options.max_export_batch_size,
                                              names_of(lanes_))),
      collector_(options.max_export_batch_size, tracker_, lanes_, std::move(tail)),
      worker_(collector_, *credits_, options.max_export_batch_size, options.schedule_delay,
              options.worker.none ? WorkerMode::awake : WorkerMode::unstarted) {}

void Pipeline::recover(const std::filesystem::path& folder, const OverflowLimits& limits) {
  if (lanes_.empty()) return;
  recovery_ = std::make_shared<Recovery>(folder, lanes_, options_.max_export_batch_size, limits);
  if (!Leftovers::may_be_more_than(folder, pool_.is_spooled() ? 1 : 0)) {
    recovery_->skip();
  } else if (!options_.worker.none) {
    recovery_->start(options_.worker);
  }
  if (pool_.is_spooled()) {
    tracker_->go_by(limits.now);
    const auto overflow = std::make_shared<Overflow>(folder, pool_, limits);
    recovery_->send_segments_of(overflow);
    collector_.spill_to(overflow, recovery_, options_.worker);
  }
}

// The thread's queue with a credit to spend; null when the record was dealt with here.
ThreadQueue* Pipeline::admit(ThreadData& thread, Record& record) noexcept {
  if (lanes_.empty()) {
    thread.account.exported.add();
    pool_.release(thread, record);
    return nullptr;
  }
  if (thread.queue == nullptr || thread.queue->owner() != number_) {
    leave_queue(thread);
    thread.queue = attach(thread);
  }
  if (thread.queue != nullptr && thread.queue_credits == 0)
    thread.queue_credits = credits_->lease();
  if (thread.queue_credits != 0) return thread.queue;
  refuse(thread, record);
  return nullptr;
}

// The count is there before the record is free, as everywhere.
void Pipeline::give_up(ThreadData& thread, Record& record, GiveUp reason) noexcept {
  (reason == GiveUp::shutdown ? ended_late_ : failed_).fetch_add(1, std::memory_order_release);
  pool_.release(thread, record);
}

ThreadQueue* Pipeline::attach(ThreadData& thread) noexcept {
  thread.queue_credits = 0;
  ThreadQueue* queue = ThreadQueue::make(number_, credits_);
  if (queue != nullptr) collector_.attach(*queue);
  return queue;
}

void Pipeline::refuse(ThreadData& thread, Record& record) noexcept {
  thread.account.queue_full.add();
  credits_->note_refused();
  pool_.release(thread, record);
}

void Pipeline::tell_worker() noexcept {
  switch (worker_.mode()) {
    case WorkerMode::unstarted:
      return start_worker();
    case WorkerMode::closed:
      collector_.collect(true);  // before the last collection it is sent, after it dropped
      return;
    case WorkerMode::idle:
    case WorkerMode::counting:
      return worker_.tell();
    default:
      return;
  }
}

void Pipeline::start_worker() noexcept {
  if (!worker_.claim_start()) return;
  const HeldReports held;
  const std::lock_guard lock(starting_);
  if (is_closing_) return;
  const WorkerOptions& options = options_.worker;
  if (worker_thread_.start(options, options.name,
                           [self = shared_from_this()] { self->worker_.run(); })) {
    return;
  }
  // What told of it once need not be told again by each lane.
  for (const auto& lane : lanes_) lane->do_without_thread();
}

void Pipeline::fill(Stats& stats) const {
  stats.processor.queue_capacity = options_.max_queue_size;
  if (is_abandoned()) return;
  stats.processor.queue_size = credits_->waiting();
  stats.dropped.retry_exhausted += failed_.load(std::memory_order_acquire);
  stats.dropped.shutdown += ended_late_.load(std::memory_order_acquire);
  if (recovery_ == nullptr) return tracker_->fill(stats);
  // Read first: what was sent from the spool had been counted as spooled before.
  const std::uint64_t delivered = recovery_->own_delivered();
  const std::uint64_t refused = recovery_->own_refused();
  const std::uint64_t lost = recovery_->own_lost();
  stats.recovered += recovery_->recovered();
  tracker_->fill(stats);
  stats.exported += delivered;
  stats.dropped.rejected += refused;
  stats.dropped.disk += lost;
  stats.spooled -= delivered + refused + lost;
}

bool Pipeline::has_left_records_behind() const noexcept {
  const std::lock_guard lock(ending_);
  return has_left_records_behind_;
}

void Pipeline::abandon_in_child() noexcept {
  Segment::leave_to_parent();
  worker_.abandon();
  // Its threads are gone and its locks may be held for ever: it must not be destroyed either.
  self_in_child_ = shared_from_this();
}

}  // namespace weft::inline v0::detail
