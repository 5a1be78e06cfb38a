// SPDX-License-Identifier: Apache-2.0
#include "processor/synchronous_exporter.hpp"

#include <algorithm>
#include <exception>
#include <typeinfo>
#include <utility>

#include "platform/type_name.hpp"
#include "platform/user_exception.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::steady_clock;

// A shutdown that could only begin when its deadline had come is still made, but not much later:
// the program may have taken down what the exporter needs.
constexpr std::chrono::milliseconds kShutdownGrace{100};

// typeid of an expression that is more than a name is a warning of clang's.
std::string type_name_of(const SpanExporter& exporter) { return type_name(typeid(exporter)); }

}  // namespace

template <class Call>
bool SynchronousExporter::guarded(const char* name, Call&& call) noexcept {
  try {
    return call();
  } catch (const std::exception& error) {
    report_thrown(name, error.what());
  } catch (...) {
    report_thrown(name, "no std::exception");
  }
  return false;
}

SynchronousExporter::SynchronousExporter(ExporterPtr exporter)
    : exporter_(std::move(exporter)), name_(type_name_of(*exporter_)) {}

SynchronousExporter::~SynchronousExporter() = default;

void SynchronousExporter::set_error_sink(std::function<void(const Error&)> sink) noexcept {
  sink_ = std::move(sink);
}

void SynchronousExporter::submit(SharedBatch batch, Completion completion) noexcept {
  Outcome refused{.accepted = 0, .given_up = batch.size(), .reason = GiveUp::shutdown};
  {
    const std::lock_guard lock(mutex_);
    if (!is_closed_) {
      try {
        arriving_.emplace_back();  // before anything is moved: there may be no memory
        arriving_.back() = {std::move(batch), std::move(completion)};
        work_.notify_one();
        return;
      } catch (const std::bad_alloc&) {
        refused.reason = GiveUp::retry_exhausted;
      }
    }
  }
  completion(refused);
}

void SynchronousExporter::run(Deadline until) noexcept {
  std::unique_lock lock(mutex_);
  while (!std::exchange(is_woken_, false)) {
    if (next_step() != Step::none) {
      lock.unlock();
      step();
      lock.lock();
      continue;
    }
    const auto due = [this] { return is_woken_ || next_step() != Step::none; };
    if (until == Deadline::max()) {
      work_.wait(lock, due);
    } else if (!work_.wait_until(lock, until, due)) {
      return;
    }
  }
}

void SynchronousExporter::wake() noexcept {
  const std::lock_guard lock(mutex_);
  is_woken_ = true;
  work_.notify_one();
}

bool SynchronousExporter::idle() const noexcept {
  const std::lock_guard lock(mutex_);
  return !is_busy_ && !has_jobs();
}

std::size_t SynchronousExporter::queued() const noexcept {
  const std::lock_guard lock(mutex_);
  return arriving_.size() + leaving_.size() - next_leaving_;
}

void SynchronousExporter::close(Deadline deadline) noexcept {
  std::unique_lock lock(mutex_);
  if (std::exchange(is_closed_, true)) return;
  close_deadline_ = deadline;
  while (has_jobs()) {
    const Job job = take_job();
    lock.unlock();
    job.completion({.accepted = 0, .given_up = job.batch.size(), .reason = GiveUp::shutdown});
    lock.lock();
  }
  work_.notify_one();
}

// What the user's exporter has in hand stays: it reads it.
std::size_t SynchronousExporter::shed(const SharedBatch& batch, Shed which) noexcept {
  if (which == Shed::waiting) return 0;  // it waits for its turn, not for another try
  Job job;
  {
    const std::lock_guard lock(mutex_);
    const auto take_from = [&](std::vector<Job>& jobs, std::size_t first) {
      const auto found = std::find_if(jobs.begin() + static_cast<std::ptrdiff_t>(first), jobs.end(),
                                      [&](const Job& one) { return one.batch.is(batch); });
      if (found == jobs.end()) return false;
      job = std::move(*found);
      jobs.erase(found);
      return true;
    };
    if (!take_from(leaving_, next_leaving_) && !take_from(arriving_, 0)) return 0;
  }
  const std::size_t size = job.batch.size();
  job.completion({.accepted = 0, .given_up = size, .reason = GiveUp::queue_full});
  return size;
}

bool SynchronousExporter::has_jobs() const noexcept {
  return next_leaving_ < leaving_.size() || !arriving_.empty();
}

// A flush comes first: it is asked for when what it covers has been answered.
SynchronousExporter::Step SynchronousExporter::next_step() const noexcept {
  if (is_busy_) return Step::none;
  if (flushes_made_ < flushes_wanted_) return Step::flush;
  if (is_closed_) return is_shut_down_ ? Step::none : Step::shutdown;
  return has_jobs() ? Step::batch : Step::none;
}

bool SynchronousExporter::step() noexcept {
  std::unique_lock lock(mutex_);
  const Step next = next_step();
  if (next == Step::none) return false;
  is_busy_ = true;
  switch (next) {
    case Step::flush:
      make_flush(lock);
      break;
    case Step::batch:
      make_export(lock);
      break;
    default:
      make_shutdown(lock);
  }
  is_busy_ = false;
  // Whoever drives it for a while leaves the rest to `run`, which saw it busy and went to sleep.
  if (next_step() != Step::none) work_.notify_one();
  return true;
}

SynchronousExporter::Job SynchronousExporter::take_job() noexcept {
  if (next_leaving_ == leaving_.size()) {
    leaving_.clear();
    next_leaving_ = 0;
    std::swap(leaving_, arriving_);
  }
  return std::move(leaving_[next_leaving_++]);
}

void SynchronousExporter::make_flush(std::unique_lock<std::mutex>& lock) noexcept {
  const std::uint64_t ticket = flushes_wanted_;
  const Deadline deadline = flush_deadline_;
  lock.unlock();
  const bool result = guarded("force_flush", [&] { return exporter_->force_flush(deadline); });
  lock.lock();
  flushes_made_ = ticket;
  flush_result_ = result;
  flushed_.notify_all();
}

void SynchronousExporter::make_export(std::unique_lock<std::mutex>& lock) noexcept {
  const Job job = take_job();
  lock.unlock();
  const std::size_t size = job.batch.size();
  if (export_batch(job.batch)) {
    job.completion({.accepted = size});
  } else {
    job.completion({.accepted = 0, .given_up = size, .reason = GiveUp::retry_exhausted});
  }
  lock.lock();
}

void SynchronousExporter::make_shutdown(std::unique_lock<std::mutex>& lock) noexcept {
  is_shut_down_ = true;
  const Deadline deadline = close_deadline_;
  if (steady_clock::now() - kShutdownGrace > deadline) return;
  lock.unlock();
  const bool result = guarded("shutdown", [&] { return exporter_->shutdown(deadline); });
  lock.lock();
  shutdown_result_ = result;
}

bool SynchronousExporter::export_batch(const SharedBatch& batch) noexcept {
  bool threw = true;
  const bool accepted = guarded("export_spans", [&] {
    const ExportResult result = exporter_->export_spans(SpanBatch(batch.records()));
    threw = false;
    return result == ExportResult::success;
  });
  if (!accepted && !threw) {
    report(ErrorCode::export_failed, [&] {
      return name_ + "::export_spans failed; " + std::to_string(batch.size()) +
             " spans were dropped";
    });
  }
  return accepted;
}

void SynchronousExporter::report_thrown(const char* name, const char* reason) noexcept {
  count_user_exception();
  report(ErrorCode::user_callback,
         [&] { return name_ + "::" + name + " threw: " + reason + "; it counts as a failure"; });
}

template <class Compose>
void SynchronousExporter::report(ErrorCode code, const Compose& compose) noexcept {
  try {
    if (sink_) sink_({code, compose()});
  } catch (const std::bad_alloc&) {
    // No memory for a message: the failure itself is counted.
  }
}

std::uint64_t SynchronousExporter::request_flush(Deadline deadline) noexcept {
  const std::lock_guard lock(mutex_);
  flush_deadline_ = deadline;
  work_.notify_one();
  return ++flushes_wanted_;
}

std::optional<bool> SynchronousExporter::wait_for_flush(std::uint64_t ticket,
                                                        Deadline deadline) noexcept {
  std::unique_lock lock(mutex_);
  const auto made = [&] { return flushes_made_ >= ticket; };
  if (!flushed_.wait_until(lock, deadline, made)) return std::nullopt;
  return flush_result_;
}

std::optional<bool> SynchronousExporter::shutdown_result() const noexcept {
  const std::lock_guard lock(mutex_);
  return shutdown_result_;
}

}  // namespace weft::inline v0::detail
