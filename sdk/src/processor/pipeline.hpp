// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <weft/batch_options.hpp>
#include <weft/diagnostics.hpp>
#include <weft/exporter.hpp>
#include <weft/flush_result.hpp>
#include <weft/version.hpp>

#include "platform/asymmetric_fence.hpp"
#include "platform/thread_data.hpp"
#include "processor/async_exporter.hpp"
#include "processor/batch_tracker.hpp"
#include "processor/collector.hpp"
#include "processor/overflow.hpp"
#include "processor/queue_credits.hpp"
#include "processor/recovery.hpp"
#include "processor/service_thread.hpp"
#include "processor/thread_queue.hpp"
#include "processor/worker.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// Of two parts' results that of the whole.
inline FlushResult worse(FlushResult a, FlushResult b) noexcept {
  return a.status() > b.status() ? a : b;
}

/// The hand-over stage: ended records of many threads on their way to the exporters.
///
///   hand_over ─▶ ThreadQueue ─▶ Collector ─▶ Batch ─▶ Lane ─▶ exporter      one lane an exporter
///   (any thread)  (its own)     (worker)       ╰──── BatchTracker: frees the records, keeps
///   account
///
/// Made by `create`, ends with `shutdown`, without which its threads keep it alive. Every call is
/// safe from any thread. In a forked child call `abandon_in_child` before anything else: it does
/// nothing from then on, and is never freed.
class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  /// With a policy, what ended waits for a tail decision; without, all of it is exported.
  static std::shared_ptr<Pipeline> create(BatchOptions options, std::vector<ExporterPtr> exporters,
                                          RecordPool& pool,
                                          const std::optional<TailPolicy>& tail = {});
  Pipeline(const BatchOptions& options, std::vector<std::shared_ptr<Lane>> lanes, RecordPool& pool,
           std::unique_ptr<TailStage> tail);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() = default;

  /// Sends what dead processes left in that folder, and spills into it within those limits. Once,
  /// before any other call.
  void recover(const std::filesystem::path& folder, const OverflowLimits& limits = {});

  /// Takes a record whose state is `ended`; `thread` is the caller's. Called for every span: pushes
  /// one pointer. No place, no memory: counted in the thread's account, and the record is free
  /// again. Without exporters it is counted as exported. After `shutdown` began: dropped.
  void hand_over(ThreadData& thread, Record& record) noexcept {
    ThreadQueue* queue = thread.queue;
    if (queue == nullptr || queue->owner() != number_ || thread.queue_credits == 0) [[unlikely]] {
      queue = admit(thread, record);
      if (queue == nullptr) return;
    }
    if (!queue->push(record)) [[unlikely]]
      return refuse(thread, record);
    const std::uint32_t left = --thread.queue_credits;
    light_fence();  // pairs with fence_all_threads in Worker
    if (worker_.mode() > WorkerMode::filling) [[unlikely]] {
      tell_worker();
    } else if (left == 0) [[unlikely]] {
      worker_.tell_if_full();
    }
  }

  /// Frees an ended record that processors had to export and did not, since there is no exporter
  /// here: counted as `Drops::shutdown` or `Drops::retry_exhausted`.
  void give_up(ThreadData& thread, Record& record, GiveUp reason) noexcept;

  /// Sends everything that ended before the call and waits for the answers; then the exporters'
  /// own flush. Failed: an exporter gave something up. `export_timeout` without any answer, or the
  /// deadline: timed_out, and nothing is lost by it.
  FlushResult force_flush(Deadline deadline) noexcept;
  /// Flushes, closes the exporters and ends the threads, all by the deadline or shortly after;
  /// what is left is dropped, and a thread that is stuck in a user's exporter is left behind. Once:
  /// later callers wait for the first and get its result.
  FlushResult shutdown(Deadline deadline) noexcept;
  /// Drains the queues and drives the exporters that have no thread, until all is answered or the
  /// deadline; one that has passed means: what can be done without waiting. Returns the number of
  /// records that went to the exporters.
  std::size_t run_once(Deadline deadline) noexcept;
  /// Async-signal-safe: the worker exports all that has ended. Without a worker: nothing, since the
  /// next `run_once` does.
  void request_flush_from_signal() noexcept { worker_.request_flush(); }

  /// Adds what became of the records that were handed over: exported, dropped and the exporters'.
  void fill(Stats& stats) const;
  /// Spans in the spool's segments, counted independently of the account.
  std::uint64_t count_spilled() noexcept { return collector_.count_spilled(); }
  bool has_exporters() const noexcept { return !lanes_.empty(); }
  /// After `shutdown`: an exporter that was left behind may still read records of the pool. They
  /// are never freed, so the pool must not be used again.
  bool has_left_records_behind() const noexcept;
  /// For the child of a fork: nothing inherited is touched, no lock is taken.
  void abandon_in_child() noexcept;

 private:
  ThreadQueue* admit(ThreadData& thread, Record& record) noexcept;
  ThreadQueue* attach(ThreadData& thread) noexcept;
  void refuse(ThreadData& thread, Record& record) noexcept;
  void tell_worker() noexcept;
  void start_worker() noexcept;
  bool is_abandoned() const noexcept { return worker_.mode() == WorkerMode::abandoned; }

  Collector::Collected collect() noexcept;
  void resume() noexcept;
  template <class Collect>
  FlushResult flush(Collect&& collect, Deadline deadline) noexcept;
  bool wait_for_answers(BatchTracker::Watch& watch, Deadline deadline) noexcept;
  bool drive_lanes(Deadline until) noexcept;
  FlushResult finish_recovery(Deadline deadline) noexcept;
  FlushResult flush_exporters(Deadline deadline) noexcept;
  FlushResult end_threads(Deadline deadline) noexcept;
  std::optional<FlushResult> wait_for_first_shutdown(Deadline deadline) noexcept;

  const std::uint64_t number_;  // never used by another one: an address may be
  const BatchOptions options_;
  RecordPool& pool_;
  const std::vector<std::shared_ptr<Lane>> lanes_;
  const std::shared_ptr<QueueCredits> credits_;
  const std::shared_ptr<BatchTracker> tracker_;
  Collector collector_;
  Worker worker_;

  // Given up by processors.
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> ended_late_{0};

  std::mutex starting_;
  bool is_closing_ = false;  // under starting_: no worker starts any more
  ServiceThread worker_thread_;
  std::shared_ptr<Recovery> recovery_;  // null: no spool

  mutable std::mutex ending_;
  std::condition_variable ended_;
  bool has_shutdown_begun_ = false;
  std::optional<FlushResult> shutdown_result_;
  bool has_left_records_behind_ = false;
  std::shared_ptr<Pipeline> self_in_child_;
};

}  // namespace weft::inline v0::detail
