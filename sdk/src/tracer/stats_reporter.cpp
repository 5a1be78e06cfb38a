// SPDX-License-Identifier: Apache-2.0
#include "tracer/stats_reporter.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "platform/awaited_callback.hpp"
#include "platform/error_reporter.hpp"
#include "platform/standard_error.hpp"
#include "platform/user_exception.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::steady_clock;

std::uint64_t unix_nanoseconds() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

// In one write to the end of the file, so that lines of several processes do not mix. 0: written.
// Of a pipe neither a reader nor room is waited for.
int append(const char* path, std::string_view text) noexcept {
  const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
  if (file < 0) return errno;
  ssize_t size = 0;
  do {
    size = write(file, text.data(), text.size());
  } while (size < 0 && errno == EINTR);
  const int problem =
      size < 0 ? errno : (static_cast<std::size_t>(size) == text.size() ? 0 : ENOSPC);
  close(file);
  return problem;
}

}  // namespace

StatsReporter::StatsReporter(StatsOptions options, Resource resource, Source source)
    : options_(std::move(options)),
      resource_(std::move(resource)),
      source_(std::move(source)),
      begin_(unix_nanoseconds()),
      next_(steady_clock::now() + options_.interval) {}

void StatsReporter::start(const WorkerOptions& worker) {
  thread_.start(worker, worker.name.substr(0, 9) + "-stats",
                [self = shared_from_this()] { self->run(); });
}

void StatsReporter::run() noexcept {
  while (!is_stopping_.load(std::memory_order_acquire)) {
    doorbell_.wait(next_);
    if (!is_stopping_.load(std::memory_order_acquire)) report_if_due();
  }
}

void StatsReporter::report_if_due() noexcept {
  const Deadline now = steady_clock::now();
  {
    const std::lock_guard lock(reporting_);
    if (now < next_) return;
    next_ = now + options_.interval;
  }
  try {
    report(source_());
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted, [&] {
      return std::string("the figures could not be read: ") + exception.what();
    });
  }
}

void StatsReporter::report(const Figures& figures) noexcept {
  write(figures);
  tell(figures.stats);
}

void StatsReporter::report_last(const Figures& figures, Deadline deadline, const LastCalls& calls) {
  const bool has_ended = thread_.finish(deadline);
  const bool is_told = is_callback_free(deadline);
  if (!has_ended && is_told) return;  // it is stuck in writing
  calls.make(LastCalls::by(deadline), [self = shared_from_this(), figures, is_told] {
    self->write(figures);
    if (is_told) self->tell(figures.stats);
    return true;
  });
}

// Where there is no thread, another one may be inside that runs us. One that is inside and shuts
// down does not wait for itself.
bool StatsReporter::is_callback_free(Deadline deadline) const noexcept {
  if (AwaitedCallback::is_inside()) return true;
  while (is_telling_.load(std::memory_order_acquire)) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  return true;
}

void StatsReporter::write(const Figures& figures) const noexcept {
  try {
    if (options_.log) write_standard_error("weft: " + to_string(figures.stats) + "\n");
    if (!options_.file.empty()) write_line(figures);
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted, [&] {
      return std::string("the figures could not be written: ") + exception.what();
    });
  }
}

void StatsReporter::tell(const Stats& stats) noexcept {
  const AwaitedCallback callback;
  is_telling_.store(true, std::memory_order_release);
  try {
    if (options_.on_stats) options_.on_stats(stats);
  } catch (...) {
    count_user_exception("StatsOptions::on_stats threw an exception");
  }
  is_telling_.store(false, std::memory_order_release);
}

void StatsReporter::write_line(const Figures& figures) const {
  const std::string line =
      stats_as_otlp_json(figures, resource_, begin_, unix_nanoseconds()) + "\n";
  if (const int problem = append(options_.file.c_str(), line); problem != 0) {
    error_reporter().report(ErrorCode::export_failed, "the figures cannot be written to \"" +
                                                          options_.file.string() +
                                                          "\": " + std::strerror(problem));
  }
}

void StatsReporter::stop() noexcept {
  is_stopping_.store(true, std::memory_order_release);
  doorbell_.ring();
}

}  // namespace weft::inline v0::detail
