// SPDX-License-Identifier: Apache-2.0
#include "processor/overflow.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::detail {

Overflow::Overflow(std::filesystem::path folder, RecordPool& pool, OverflowLimits limits)
    : folder_(std::move(folder)), pool_(pool), limits_(limits) {}

bool Overflow::is_wanted(const ExportProgress& progress) noexcept {
  const std::lock_guard lock(mutex_);
  const Deadline now = limits_.now();
  if (!progress.is_waiting || progress.accepted != last_accepted_) {
    last_accepted_ = progress.accepted;
    last_progress_ = now;
  }
  return progress.is_nearly_full && now - last_progress_ > limits_.stall;
}

void Overflow::seal() noexcept {
  const std::lock_guard lock(mutex_);
  if (!segments_.empty()) segments_.back()->seal();
}

bool Overflow::release(const std::filesystem::path& path) noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& segment : segments_) {
    if (segment->path() != path) continue;
    if (segment->is_sealed()) segment->unlock();
    return true;
  }
  return false;
}

void Overflow::release_all() noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& segment : segments_) {
    segment->seal();
    segment->unlock();
  }
}

bool Overflow::is_empty() noexcept {
  const std::lock_guard lock(mutex_);
  look_after();
  return segments_.empty();
}

std::uint64_t Overflow::count() noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t spans = 0;
  for (const auto& segment : segments_) spans += segment->owed();
  return spans;
}

std::size_t Overflow::append(std::span<Record* const> records, std::uint64_t& forgotten) noexcept {
  const std::lock_guard lock(mutex_);
  forgotten = 0;
  std::size_t done = 0;
  try {
    look_after();
    forget_old(forgotten);
    if (!segments_.empty()) segments_.back()->update_tables(pool_);
    for (; done < records.size(); ++done) {
      if (put(*records[done])) continue;
      if (!make_room(forgotten)) break;
      open_segment();
      if (put(*records[done])) continue;
      discard_empty();
      break;
    }
  } catch (const std::exception&) {
    // No memory for a name.
  }
  forgotten_ += forgotten;
  if (done == records.size()) {
    full_disk_.clear();
    has_told_of_disk_ = false;
  }
  return done;
}

std::uint64_t Overflow::take_lost() noexcept {
  const std::lock_guard lock(mutex_);
  forgotten_ += lost_;
  return std::exchange(lost_, 0U);
}

bool Overflow::put(const Record& record) {
  return !segments_.empty() && segments_.back()->put(record, pool_);
}

void Overflow::open_segment() {
  if (!segments_.empty()) segments_.back()->seal();
  std::unique_ptr<Segment> segment = Segment::create(folder_, pool_, limits_.now(), full_disk_);
  if (segment != nullptr) segments_.push_back(std::move(segment));
}

void Overflow::discard_empty() noexcept {
  if (segments_.empty() || !segments_.back()->is_empty()) return;
  segments_.back()->remove();
  segments_.pop_back();
}

// Those that were sent are gone. What nobody sends is this process's alone.
void Overflow::look_after() noexcept {
  prune();
  for (const auto& segment : segments_) segment->lock();
}

void Overflow::prune() noexcept {
  for (const auto& segment : segments_) {
    if (segment->is_taken_away()) lost_ += segment->owed();
  }
  std::erase_if(segments_, [](const auto& segment) { return segment->is_gone(); });
}

void Overflow::forget_old(std::uint64_t& forgotten) noexcept {
  const Deadline now = limits_.now();
  for (const auto& segment : segments_) {
    if (now - segment->begun() > limits_.age) forget(*segment, forgotten);
  }
  prune();
}

// False: there is none for one more segment, and all that could go are being sent.
bool Overflow::make_room(std::uint64_t& forgotten) noexcept {
  while (is_too_much()) {
    const bool is_forgotten = std::ranges::any_of(
        segments_, [&](const auto& segment) { return forget(*segment, forgotten); });
    if (!is_forgotten) return false;
    prune();
  }
  return true;
}

bool Overflow::is_too_much() const noexcept {
  if (segments_.empty()) return false;
  std::size_t bytes = Segment::kLayout.total();  // of the one to come
  for (const auto& segment : segments_) bytes += segment->bytes();
  return bytes > limits_.bytes || segments_.size() >= Segment::kMost;
}

// False: it is being sent just now.
bool Overflow::forget(Segment& segment, std::uint64_t& forgotten) noexcept {
  if (!segment.lock()) return false;
  segment.seal();
  forgotten += segment.owed();
  segment.remove();
  return true;
}

void Overflow::report() noexcept {
  try {
    std::uint64_t forgotten = 0;
    std::string why;
    {
      const std::lock_guard lock(mutex_);
      forgotten = std::exchange(forgotten_, 0U);
      if (!full_disk_.empty() && !std::exchange(has_told_of_disk_, true)) why = full_disk_;
    }
    if (why.empty() && forgotten == 0) return;  // as ever: no allocation for each batch
    const std::string folder = "spool_dir=\"" + folder_.string() + "\": ";
    if (!why.empty()) {
      error_reporter().report(
          ErrorCode::resource_exhausted,
          folder + "no room for what a long outage keeps back (" + why +
              "); spans that come on are dropped (queue_full). Fix: free disk space");
    }
    if (forgotten != 0) {
      error_reporter().report(
          ErrorCode::data_dropped,
          folder + std::to_string(forgotten) +
              " spans of a long outage are gone: the oldest made room for newer ones, or "
              "somebody deleted their file");
    }
  } catch (const std::exception&) {
    // No memory for a message.
  }
}

}  // namespace weft::inline v0::detail
