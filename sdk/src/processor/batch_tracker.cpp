// SPDX-License-Identifier: Apache-2.0
#include "processor/batch_tracker.hpp"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kSpareBatches = 4;

// The record is accounted for: no longer live, whoever still reads it.
void mark_exported(std::span<Record* const> records) noexcept {
  for (Record* record : records) {
    const std::uint32_t word = record->state.load(std::memory_order_relaxed);
    record->state.store(state_word(generation_of(word), RecordState::exported),
                        std::memory_order_release);
  }
}

// Of `Drops` or `FailedBatches`: each has a member for each reason.
template <class Counters>
auto& counter(Counters& counters, GiveUp reason) noexcept {
  switch (reason) {
    case GiveUp::rejected:
      return counters.rejected;
    case GiveUp::too_large:
      return counters.too_large;
    case GiveUp::retry_exhausted:
      return counters.retry_exhausted;
    case GiveUp::queue_full:
      return counters.queue_full;
    case GiveUp::shutdown:
      break;
  }
  return counters.shutdown;
}

// `Counts` are those of all batches of an exporter, or of the failed ones.
template <class Counts>
void add_batch(Counts& counts, std::chrono::nanoseconds duration) noexcept {
  ++counts.batches;
  counts.duration += duration;
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto& bounds = ExporterStats::kDurationBounds;
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
  ++counts.durations[static_cast<std::size_t>(bucket)];
}

}  // namespace

BatchTracker::BatchTracker(RecordPool& pool, std::shared_ptr<QueueCredits> credits,
                           std::size_t batch_size, const std::vector<std::string>& exporters)
    : pool_(pool),
      credits_(std::move(credits)),
      batch_size_(batch_size),
      keeps_unsent_(pool.is_spooled()) {
  spares_.reserve(kSpareBatches);
  for (const std::string& name : exporters) exporters_.emplace_back().name = name;
  progress_.resize(exporters.size());
}

std::shared_ptr<Batch> BatchTracker::make_batch() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!spares_.empty()) {
      std::shared_ptr<Batch> batch = std::move(spares_.back());
      spares_.pop_back();
      return batch;
    }
  }
  try {
    auto batch = std::make_shared<Batch>();
    batch->records.reserve(batch_size_);
    return batch;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void BatchTracker::begin(Batch& batch) noexcept {
  const std::lock_guard lock(mutex_);
  batch.self_ = batch.shared_from_this();
  batch.tracker_ = shared_from_this();
  batch.number_ = next_number_++;
  batch.begin_ = std::chrono::steady_clock::now();
  processed_ += batch.records.size();
  batch.holders_ = exporters_.size();
  batch.accepted_ = 0;
  batch.is_refused_ = batch.is_unsent_ = batch.is_abandoned_ = false;
  batch.next_ = nullptr;
  batch.previous_ = newest_;
  (newest_ != nullptr ? newest_->next_ : oldest_) = &batch;
  newest_ = &batch;
  batch.chunks_ = 0;
  if (uncounted_ == nullptr) uncounted_ = &batch;
  ++batches_in_flight_;
  credits_->submitted(batch.records.size());
  for (std::size_t i = 0; i < exporters_.size(); ++i) {
    if (exporters_[i].inflight == 0) progress_[i] = now_();
    exporters_[i].inflight += batch.records.size();
  }
  for (Watch* watch = watches_; watch != nullptr; watch = watch->next_) {
    if (batch.number_ <= watch->last_number_) ++watch->outstanding_;
  }
}

SharedBatch BatchTracker::share(Batch& batch) noexcept {
  return SharedBatch({batch.shared_from_this(), &batch.records}, batch.number_);
}

Completion BatchTracker::completion(Batch& batch, std::size_t exporter) noexcept {
  // Two words and trivially copyable, so that std::function keeps it in place: no allocation. The
  // batch holds itself until it is answered.
  return [batch = &batch, exporter](const Outcome& outcome) {
    batch->tracker_->answer(*batch, exporter, outcome);
  };
}

void BatchTracker::answer(Batch& batch, std::size_t exporter, const Outcome& outcome) noexcept {
  // The last answer ends the batch's hold on both; they must outlive the lock.
  const std::shared_ptr<BatchTracker> tracker = batch.tracker_;
  const std::shared_ptr<Batch> keep = batch.self_;
  const std::lock_guard lock(mutex_);
  const std::size_t size = batch.records.size();
  const std::size_t accepted = std::min(outcome.accepted, size);
  ExporterStats& stats = exporters_[exporter];
  stats.exported += accepted;
  stats.failed += size - accepted;
  counter(stats.failures, outcome.reason) += size - accepted;
  stats.inflight -= size;
  last_answer_ = std::chrono::steady_clock::now();
  if (accepted != 0) ++accepted_batches_;
  if (accepted != 0 || outcome.reason == GiveUp::rejected) progress_[exporter] = now_();
  const auto duration = last_answer_ - batch.begin_;
  add_batch(stats, duration);
  if (accepted < size) {
    batch.is_refused_ = true;
    batch.is_unsent_ = batch.is_unsent_ || outcome.reason == GiveUp::shutdown;
    add_batch(counter(stats.failed_batches, outcome.reason), duration);
  }
  if (!batch.is_abandoned_) deliver(batch, accepted);
  if (--batch.holders_ == 0) finish(batch, outcome.reason);
  answered_.notify_all();
}

// Which spans of a partly accepted batch the peer took is not known; their number is.
void BatchTracker::deliver(Batch& batch, std::size_t accepted) noexcept {
  if (accepted <= batch.accepted_) return;
  mark_exported(std::span(batch.records).subspan(batch.accepted_, accepted - batch.accepted_));
  exported_ += accepted - batch.accepted_;
  batch.accepted_ = accepted;
}

void BatchTracker::finish(Batch& batch, GiveUp reason) noexcept {
  const std::size_t size = batch.records.size();
  if (!batch.is_abandoned_) {
    if (batch.is_unsent_ && keeps_unsent_) {
      // They stay as they are, in the file.
      spooled_ += size - batch.accepted_;
      pool_.release(std::span(batch.records).first(batch.accepted_));
    } else {
      counter(dropped_, reason) += size - batch.accepted_;
      pool_.release(batch.records);
    }
    credits_->settled(size);
    tell_watches(batch);
    unlink(batch);
  }
  batch.records.clear();
  batch.tracker_.reset();
  if (spares_.size() < kSpareBatches) {
    spares_.push_back(std::move(batch.self_));
  } else {
    batch.self_.reset();
  }
}

void BatchTracker::tell_watches(const Batch& batch) noexcept {
  for (Watch* watch = watches_; watch != nullptr; watch = watch->next_) {
    if (batch.number_ > watch->last_number_) continue;
    --watch->outstanding_;
    watch->has_failed_ |= batch.is_refused_;
  }
}

void BatchTracker::unlink(Batch& batch) noexcept {
  (batch.previous_ != nullptr ? batch.previous_->next_ : oldest_) = batch.next_;
  (batch.next_ != nullptr ? batch.next_->previous_ : newest_) = batch.previous_;
  if (uncounted_ == &batch) uncounted_ = batch.next_;
  counted_chunks_ -= batch.chunks_;
  --batches_in_flight_;
}

void BatchTracker::drop(std::span<Record* const> records) noexcept {
  const std::lock_guard lock(mutex_);
  if (keeps_unsent_) {
    spooled_ += records.size();
  } else {
    dropped_.shutdown += records.size();
    pool_.release(records);
  }
  credits_->give_back(records.size());
}

// Bytes that open spans hold come back only when those end: what counts is what the exporters hold
// of the rest. While there is plenty nobody counts, and each batch is counted once.
bool BatchTracker::is_nearly_used_up() noexcept {
  if (credits_->is_nearly_used_up()) return true;
  if (!pool_.is_nearly_used_up()) return false;
  for (; uncounted_ != nullptr; uncounted_ = uncounted_->next_) {
    uncounted_->chunks_ = chunks_of(*uncounted_);
    counted_chunks_ += uncounted_->chunks_;
  }
  return pool_.is_nearly_used_up_by(counted_chunks_);
}

std::uint64_t BatchTracker::chunks_of(const Batch& batch) const noexcept {
  std::uint64_t count = 0;
  for (const Record* record : batch.records) {
    for (std::uint32_t number = record->first_chunk; number != 0; ++count) {
      number = pool_.chunk(number).next;
    }
  }
  return count;
}

ExportProgress BatchTracker::progress() noexcept {
  const std::lock_guard lock(mutex_);
  return {accepted_batches_, oldest_ != nullptr, is_nearly_used_up()};
}

std::optional<SharedBatch> BatchTracker::next_held(std::uint64_t after) noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_nearly_used_up()) return std::nullopt;
  for (Batch* batch = oldest_; batch != nullptr; batch = batch->next_) {
    if (batch->number_ > after && batch->accepted_ == batch->records.size()) {
      return share(*batch);
    }
  }
  return std::nullopt;
}

bool BatchTracker::is_stalled(std::size_t exporter,
                              std::chrono::milliseconds patience) const noexcept {
  const std::lock_guard lock(mutex_);
  return exporters_[exporter].inflight > 0 && now_() - progress_[exporter] >= patience;
}

void BatchTracker::keep(std::span<Record* const> records, std::uint64_t forgotten) noexcept {
  const std::lock_guard lock(mutex_);
  spooled_ += records.size();
  spooled_ -= forgotten;
  dropped_.disk += forgotten;
  pool_.release(records);
  credits_->give_back(records.size());
}

void BatchTracker::forget(std::uint64_t kept) noexcept {
  const std::lock_guard lock(mutex_);
  spooled_ -= kept;
  dropped_.disk += kept;
}

void BatchTracker::let_go(RecordChain& records) noexcept {
  if (records.empty()) return;
  const std::size_t size = records.size();
  const std::lock_guard lock(mutex_);
  dropped_.not_kept += size;
  Record* some[512];  // of one release only the first goes straight back to its thread
  while (!records.empty()) {
    std::size_t count = 0;
    while (count < std::size(some) && !records.empty()) some[count++] = &records.pop(pool_);
    pool_.release(std::span(some).first(count));
  }
  credits_->give_back(size);
}

void BatchTracker::hold(std::size_t before, std::size_t now) noexcept {
  if (now >= before) {
    credits_->submitted(now - before);
  } else {
    credits_->taken_back(before - now);
  }
}

bool BatchTracker::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  const bool found = oldest_ != nullptr;
  for (Batch* batch = oldest_; batch != nullptr; batch = oldest_) {
    if (keeps_unsent_) {
      spooled_ += batch->records.size() - batch->accepted_;
    } else {
      dropped_.shutdown += batch->records.size() - batch->accepted_;
      mark_exported(std::span(batch->records).subspan(batch->accepted_));
    }
    batch->is_abandoned_ = batch->is_refused_ = true;
    tell_watches(*batch);
    unlink(*batch);
  }
  answered_.notify_all();
  return found;
}

void BatchTracker::fill(Stats& stats) const {
  const std::lock_guard lock(mutex_);
  stats.exported += exported_;
  stats.processor.processed += processed_;
  stats.spooled += spooled_;
  stats.dropped.rejected += dropped_.rejected;
  stats.dropped.queue_full += dropped_.queue_full;
  stats.dropped.too_large += dropped_.too_large;
  stats.dropped.retry_exhausted += dropped_.retry_exhausted;
  stats.dropped.shutdown += dropped_.shutdown;
  stats.dropped.disk += dropped_.disk;
  stats.dropped.not_kept += dropped_.not_kept;
  try {
    stats.exporters.insert(stats.exporters.end(), exporters_.begin(), exporters_.end());
  } catch (const std::bad_alloc&) {
    // The account, which shutdown needs, is whole without them.
  }
}

BatchTracker::Watch::Watch(BatchTracker& tracker) noexcept
    : tracker_(tracker), begin_(std::chrono::steady_clock::now()) {
  const std::lock_guard lock(tracker_.mutex_);
  outstanding_ = tracker_.batches_in_flight_;
  next_ = std::exchange(tracker_.watches_, this);
}

BatchTracker::Watch::~Watch() {
  const std::lock_guard lock(tracker_.mutex_);
  Watch** link = &tracker_.watches_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

void BatchTracker::Watch::seal() noexcept {
  const std::lock_guard lock(tracker_.mutex_);
  last_number_ = tracker_.next_number_ - 1;
}

bool BatchTracker::Watch::is_answered() const noexcept {
  const std::lock_guard lock(tracker_.mutex_);
  return outstanding_ == 0;
}

bool BatchTracker::Watch::has_failed() const noexcept {
  const std::lock_guard lock(tracker_.mutex_);
  return has_failed_;
}

Deadline BatchTracker::Watch::patience_locked(
    Deadline deadline, std::chrono::milliseconds longest_silence) const noexcept {
  return std::min(deadline, std::max(begin_, tracker_.last_answer_) + longest_silence);
}

Deadline BatchTracker::Watch::patience(Deadline deadline,
                                       std::chrono::milliseconds longest_silence) const noexcept {
  const std::lock_guard lock(tracker_.mutex_);
  return patience_locked(deadline, longest_silence);
}

bool BatchTracker::Watch::wait(Deadline deadline,
                               std::chrono::milliseconds longest_silence) noexcept {
  std::unique_lock lock(tracker_.mutex_);
  while (outstanding_ != 0) {
    const Deadline until = patience_locked(deadline, longest_silence);
    if (std::chrono::steady_clock::now() >= until) return false;
    tracker_.answered_.wait_until(lock, until);
  }
  return true;
}

}  // namespace weft::inline v0::detail
