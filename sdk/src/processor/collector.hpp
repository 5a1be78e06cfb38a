// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <weft/version.hpp>

#include "processor/batch_tracker.hpp"
#include "processor/lane.hpp"
#include "processor/overflow.hpp"
#include "processor/recovery.hpp"
#include "processor/tail_stage.hpp"
#include "processor/thread_queue.hpp"

namespace weft::inline v0::detail {

/// Takes ended records out of the threads' queues, forms batches and hands them to every lane.
/// Usually the worker calls it; a flush calls it on the user's thread, so that a flush needs no
/// worker. Threads that end spans never take its lock.
class Collector {
 public:
  Collector(std::size_t batch_size, std::shared_ptr<BatchTracker> tracker,
            std::vector<std::shared_ptr<Lane>> lanes, std::unique_ptr<TailStage> tail) noexcept;
  ~Collector();

  /// The queue's consumer from here on. Any thread, without a lock.
  void attach(ThreadQueue& queue) noexcept;

  struct Collected {
    std::size_t sent = 0;     // records that went to the lanes
    std::size_t waiting = 0;  // records in the batch that is not full yet
    // With a tail decision only:
    std::size_t let_go = 0;
    bool lingers = false;                // some came or are held: look again in a while
    Deadline give_up = Deadline::max();  // look again by then
  };
  /// Empties the queues; sends each full batch and, when `partial`, the rest.
  Collected collect(bool partial) noexcept;
  /// Exporters share the queue's bounds, but one that gets nothing out must not use them up for
  /// those that do: when little is left and more spans come (`is_wanted`, or one was refused), it
  /// gives up what they have delivered; at once what it keeps for another try, after a while all.
  /// Returns when to look again.
  Deadline make_room(bool is_wanted) noexcept;
  /// The last collection that sends: what later ones find is dropped as `Drops::shutdown`.
  Collected close() noexcept;
  /// What was spilled is sent if nothing is stuck.
  void resume() noexcept;
  const std::vector<std::shared_ptr<Lane>>& lanes() const noexcept { return lanes_; }
  /// Before the first collection: where batches go while the exporters are stuck, and who sends
  /// them later.
  void spill_to(std::shared_ptr<Overflow> overflow, std::shared_ptr<Recovery> recovery,
                const WorkerOptions& options);
  /// Spans in segments, by their state words.
  std::uint64_t count_spilled() noexcept { return overflow_ != nullptr ? overflow_->count() : 0; }

 private:
  Collected collect_locked(bool partial) noexcept;
  bool drain_and_decide(Collected& collected) noexcept;
  bool fill_batches(RecordChain& records, Collected& collected) noexcept;
  void adopt_arrivals() noexcept;
  bool drain(Collected& collected) noexcept;
  bool drain_queue(ThreadQueue& queue, Collected& collected) noexcept;
  bool take_queue(ThreadQueue& queue, std::size_t left, Collected& collected) noexcept;
  void send(Collected& collected) noexcept;
  bool has_room() noexcept;
  void spill(Collected& collected) noexcept;
  void send_spilled() noexcept;
  bool has_spilled() noexcept;
  bool is_stuck() noexcept;
  void shed(Shed which) noexcept;
  bool has_stalled() const noexcept;

  const std::size_t batch_size_;
  const std::shared_ptr<BatchTracker> tracker_;
  const std::vector<std::shared_ptr<Lane>> lanes_;

  std::atomic<ThreadQueue*> arrivals_{nullptr};
  std::mutex mutex_;  // the rest
  ThreadQueue* queues_ = nullptr;
  std::shared_ptr<Batch> filling_;         // null or of fewer records than a batch
  const std::unique_ptr<TailStage> tail_;  // null: every record is exported
  bool is_closed_ = false;
  std::shared_ptr<Overflow> overflow_;  // null: no spool
  std::shared_ptr<Recovery> recovery_;
  WorkerOptions recovery_options_;
};

}  // namespace weft::inline v0::detail
