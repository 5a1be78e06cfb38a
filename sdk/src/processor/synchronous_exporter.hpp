// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "processor/async_exporter.hpp"

namespace weft::inline v0::detail {

/// A user-written SpanExporter behind the asynchronous seam. Every call to it, its `force_flush`
/// and `shutdown` too, is made by whoever drives `run` or `step`: one at a time, never under a
/// lock. A failure or an exception gives the batch up as `retry_exhausted`. A call that never
/// returns holds its own batch and thread, and nothing else: `close` answers for the batches behind
/// it.
class SynchronousExporter final : public AsyncExporter {
 public:
  explicit SynchronousExporter(ExporterPtr exporter);
  ~SynchronousExporter() override;

  std::string_view name() const noexcept override { return name_; }
  void submit(SharedBatch batch, Completion completion) noexcept override;
  void run(Deadline until) noexcept override;
  void wake() noexcept override;
  std::size_t shed(const SharedBatch& batch, Shed which) noexcept override;
  bool idle() const noexcept override;
  void close(Deadline deadline) noexcept override;
  void set_error_sink(std::function<void(const Error&)> sink) noexcept override;

  /// Makes one call of those that are due; false when there is none, or one is being made.
  bool step() noexcept;
  std::size_t queued() const noexcept;

  /// Asks for `SpanExporter::force_flush`; the ticket is for `wait_for_flush`.
  std::uint64_t request_flush(Deadline deadline) noexcept;
  /// What it returned; nothing when the deadline came first.
  std::optional<bool> wait_for_flush(std::uint64_t ticket, Deadline deadline) noexcept;
  /// What `SpanExporter::shutdown` returned; nothing before it did.
  std::optional<bool> shutdown_result() const noexcept;

 private:
  struct Job {
    SharedBatch batch;
    Completion completion;
  };
  enum class Step : std::uint8_t { none, flush, batch, shutdown };

  Step next_step() const noexcept;
  bool has_jobs() const noexcept;
  Job take_job() noexcept;
  void make_flush(std::unique_lock<std::mutex>& lock) noexcept;
  void make_export(std::unique_lock<std::mutex>& lock) noexcept;
  void make_shutdown(std::unique_lock<std::mutex>& lock) noexcept;
  bool export_batch(const SharedBatch& batch) noexcept;
  template <class Call>
  bool guarded(const char* name, Call&& call) noexcept;
  void report_thrown(const char* name, const char* reason) noexcept;
  template <class Compose>
  void report(ErrorCode code, const Compose& compose) noexcept;

  const ExporterPtr exporter_;
  const std::string name_;
  std::function<void(const Error&)> sink_;

  mutable std::mutex mutex_;
  std::condition_variable work_;     // for run
  std::condition_variable flushed_;  // for wait_for_flush
  std::vector<Job> arriving_;        // two vectors in turn: both keep their room
  std::vector<Job> leaving_;
  std::size_t next_leaving_ = 0;
  bool is_busy_ = false;  // a call of the user's is being made
  bool is_woken_ = false;
  bool is_closed_ = false;
  bool is_shut_down_ = false;
  Deadline close_deadline_{};
  Deadline flush_deadline_{};
  std::uint64_t flushes_wanted_ = 0;
  std::uint64_t flushes_made_ = 0;
  bool flush_result_ = true;
  std::optional<bool> shutdown_result_;
};

}  // namespace weft::inline v0::detail
