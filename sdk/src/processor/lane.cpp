// SPDX-License-Identifier: Apache-2.0
#include "processor/lane.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "platform/awaited_callback.hpp"
#include "platform/error_reporter.hpp"
#include "platform/held_reports.hpp"
#include "processor/synchronous_exporter.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::steady_clock;

// An asynchronous exporter's `run` does not return when its work is done; one that is driven is
// looked at this often.
constexpr std::chrono::milliseconds kDrivingSlice{2};

constexpr std::chrono::milliseconds kPause{50};

std::string thread_name(const std::string& worker, std::size_t number) {
  const std::string suffix = "-" + std::to_string(number);
  return worker.substr(0, 15 - suffix.size()) + suffix;
}

}  // namespace

Lane::Lane(ExporterPtr exporter, const WorkerOptions& options, std::size_t number)
    : owner_(std::move(exporter)),
      exporter_(owner_->async_exporter()),
      options_(options),
      thread_name_(thread_name(options.name, number)),
      may_start_(!options.none) {
  if (exporter_ == nullptr) {
    auto adapter = std::make_shared<SynchronousExporter>(owner_);
    synchronous_ = adapter.get();
    exporter_ = std::move(adapter);
  }
  exporter_->set_error_sink(
      [](const Error& error) { error_reporter().report(error.code, error.what); });
}

void Lane::tell_of_shed() noexcept {
  const std::size_t spans = shed_.exchange(0);
  if (spans == 0) return;
  error_reporter().report(ErrorCode::data_dropped, [&] {
    return std::string(name()) + ": " + std::to_string(spans) +
           " spans that another exporter delivered were given up here, to make room for others "
           "(BatchOptions::max_queue_size and max_queue_bytes): it gets nothing out";
  });
}

void Lane::submit(SharedBatch batch, Completion completion) noexcept {
  exporter_->submit(std::move(batch), std::move(completion));
  if (!is_started_.load(std::memory_order_acquire)) start();
}

void Lane::start() noexcept {
  const HeldReports held;
  const std::lock_guard lock(starting_);
  if (is_started_.load(std::memory_order_relaxed) || !may_start_.load(std::memory_order_relaxed)) {
    return;
  }
  if (thread_.start(options_, thread_name_, [self = shared_from_this()] { self->run(); })) {
    is_started_.store(true, std::memory_order_release);
  } else {
    do_without_thread();
  }
}

void Lane::run() noexcept {
  const AwaitedCallback callback;
  while (!is_closed_.load(std::memory_order_acquire)) {
    exporter_->run(Deadline::max());
    // Only `close` wakes it, or somebody who closed the exporter behind our back: then it returns
    // at once, again and again.
    closing_.wait(steady_clock::now() + kPause);
  }
  finish_exporter();
}

// A user-written exporter's `shutdown` is made where its other calls were made.
void Lane::finish_exporter() noexcept {
  while (synchronous_ != nullptr && synchronous_->step()) {
  }
}

// Not while its thread is still to be started for what it has just been given: the user's exporter
// may never return, and who drives has a deadline.
bool Lane::needs_driving() const noexcept {
  return !may_start_.load(std::memory_order_relaxed) &&
         !is_started_.load(std::memory_order_acquire) && !is_idle();
}

// What was answered came from a thread: it may be still on its way to be known as started.
bool Lane::is_threaded() noexcept {
  const std::lock_guard lock(starting_);
  return is_started_.load(std::memory_order_relaxed);
}

void Lane::drive(Deadline until) noexcept {
  const AwaitedCallback callback;
  const std::unique_lock lock(driving_, std::try_to_lock);
  const Deadline slice = std::min(until, steady_clock::now() + kDrivingSlice);
  if (!lock.owns_lock()) {
    std::this_thread::sleep_until(slice);  // somebody else drives it
  } else if (synchronous_ != nullptr) {
    synchronous_->step();
  } else {
    exporter_->run(slice);
  }
}

void Lane::drive_once() noexcept {
  const AwaitedCallback callback;
  const std::unique_lock lock(driving_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  if (synchronous_ == nullptr) return exporter_->run(steady_clock::now());
  for (std::size_t queued = synchronous_->queued(); queued > 0; --queued) synchronous_->step();
}

FlushResult Lane::flush(Deadline deadline) noexcept {
  if (synchronous_ == nullptr || is_closed_.load(std::memory_order_acquire)) {
    return FlushResult::success;
  }
  const bool has_thread = is_threaded();
  // One that was never given anything has nothing to flush; no thread starts for it.
  if (!has_thread && may_start_.load(std::memory_order_relaxed)) return FlushResult::success;
  const std::uint64_t ticket = synchronous_->request_flush(deadline);
  std::optional<bool> result;
  while (!has_thread && !result && steady_clock::now() < deadline) {
    drive(deadline);
    result = synchronous_->wait_for_flush(ticket, steady_clock::now());
  }
  if (!result) result = synchronous_->wait_for_flush(ticket, deadline);
  if (!result) return FlushResult::timed_out;
  return *result ? FlushResult::success : FlushResult::failed;
}

void Lane::close(Deadline deadline) noexcept {
  exporter_->close(deadline);
  is_closed_.store(true, std::memory_order_release);
  closing_.ring();
  exporter_->wake();
}

FlushResult Lane::finish(Deadline deadline) noexcept {
  // Even one that was never given anything hears of the end, on a thread that may be left behind.
  if (synchronous_ != nullptr) start();
  if (!is_threaded()) {
    const std::unique_lock lock(driving_, std::try_to_lock);
    if (!lock.owns_lock()) return FlushResult::timed_out;  // another thread is inside
    finish_exporter();
  } else if (!thread_.finish(deadline)) {
    return FlushResult::timed_out;
  }
  const bool failed = synchronous_ != nullptr && !synchronous_->shutdown_result().value_or(true);
  return failed ? FlushResult::failed : FlushResult::success;
}

}  // namespace weft::inline v0::detail
