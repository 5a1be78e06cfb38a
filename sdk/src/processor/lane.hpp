// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/flush_result.hpp>
#include <weft/version.hpp>

#include "processor/async_exporter.hpp"
#include "processor/doorbell.hpp"
#include "processor/service_thread.hpp"

namespace weft::inline v0::detail {

class SynchronousExporter;

/// The way to one exporter, with a thread of its own from its first batch on: what one exporter
/// does, or never does, no other lane feels. Without a thread (`WorkerOptions::none`, or the system
/// gave none) whoever flushes drives it.
class Lane : public std::enable_shared_from_this<Lane> {
 public:
  /// `number` counts from 1.
  Lane(ExporterPtr exporter, const WorkerOptions& options, std::size_t number);

  std::string_view name() const noexcept { return exporter_->name(); }
  /// Any thread; never blocks.
  void submit(SharedBatch batch, Completion completion) noexcept;
  bool is_idle() const noexcept { return exporter_->idle(); }
  void hurry() noexcept { exporter_->hurry(); }
  /// True when it gave something up.
  bool shed(const SharedBatch& batch, Shed which) noexcept {
    const std::size_t spans = exporter_->shed(batch, which);
    shed_ += spans;
    return spans != 0;
  }

  /// Tells the user of what was shed since the last time.
  void tell_of_shed() noexcept;

  /// From here on it starts no thread.
  void do_without_thread() noexcept { may_start_.store(false, std::memory_order_relaxed); }
  /// True when `drive` must be called for anything to happen.
  bool needs_driving() const noexcept;
  /// Does what there is to do, on this thread, until then. Returns soon when there is nothing.
  void drive(Deadline until) noexcept;
  /// Does what can be done without waiting.
  void drive_once() noexcept;

  /// Has a user-written exporter flush what it holds itself; everything given to it was answered.
  FlushResult flush(Deadline deadline) noexcept;
  /// No submit follows; what is queued is given up.
  void close(Deadline deadline) noexcept;
  /// Ends the thread, or leaves it behind when the deadline comes first.
  FlushResult finish(Deadline deadline) noexcept;

 private:
  void start() noexcept;
  bool is_threaded() noexcept;
  void run() noexcept;
  void finish_exporter() noexcept;

  const std::shared_ptr<SpanExporter> owner_;  // what the user gave, kept while the lane is
  std::shared_ptr<AsyncExporter> exporter_;
  SynchronousExporter* synchronous_ = nullptr;  // the same, when it is an adapter
  const WorkerOptions options_;
  const std::string thread_name_;

  std::atomic<bool> may_start_;
  std::atomic<bool> is_started_{false};
  std::atomic<bool> is_closed_{false};
  std::atomic<std::size_t> shed_{0};
  Doorbell closing_;
  std::mutex starting_;
  std::mutex driving_;
  ServiceThread thread_;
};

}  // namespace weft::inline v0::detail
