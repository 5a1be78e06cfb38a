// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <weft/diagnostics.hpp>
#include <weft/version.hpp>

#include "processor/async_exporter.hpp"
#include "processor/queue_credits.hpp"
#include "processor/record_chain.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

class BatchTracker;

/// How far the exporters are.
struct ExportProgress {
  std::uint64_t accepted = 0;   ///< batches of which one accepted something
  bool is_waiting = false;      ///< a batch is in flight
  bool is_nearly_full = false;  ///< of the queue's bounds, spans or bytes, they use most up
};

/// Ended records that go to every exporter together. Made and used again by the tracker; from
/// `begin` until its last exporter has answered it holds itself and the tracker, so that an answer
/// may come after everyone else has gone.
class Batch : public std::enable_shared_from_this<Batch> {
 public:
  /// At most the batch size, for which there is room.
  std::vector<Record*> records;

 private:
  friend class BatchTracker;
  // All of it under the tracker's mutex, and only while in flight.
  std::shared_ptr<Batch> self_;
  std::shared_ptr<BatchTracker> tracker_;
  std::uint64_t number_ = 0;
  Deadline begin_{};           // when it was handed over
  std::size_t holders_ = 0;    // exporters that have not answered
  std::size_t accepted_ = 0;   // the most that one exporter accepted
  bool is_refused_ = false;    // an exporter did not accept all of it
  bool is_unsent_ = false;     // an exporter had no more time for it
  bool is_abandoned_ = false;  // counted as dropped: an answer changes nothing any more
  std::uint64_t chunks_ = 0;   // of its records, once they were counted
  Batch* previous_ = nullptr;  // in flight, oldest first
  Batch* next_ = nullptr;
};

/// Knows which batches are out, frees their records when the last exporter lets go, and keeps the
/// account of what became of them. Any thread; one lock a batch and exporter, none a span.
class BatchTracker : public std::enable_shared_from_this<BatchTracker> {
 public:
  BatchTracker(RecordPool& pool, std::shared_ptr<QueueCredits> credits, std::size_t batch_size,
               const std::vector<std::string>& exporters);

  /// An empty one with room for a whole batch; null when memory is not to be had.
  std::shared_ptr<Batch> make_batch() noexcept;
  /// It is in flight now, with every exporter.
  void begin(Batch& batch) noexcept;
  /// What `AsyncExporter::submit` takes.
  static SharedBatch share(Batch& batch) noexcept;
  static Completion completion(Batch& batch, std::size_t exporter) noexcept;
  /// Drops records that no exporter has seen: counted as `Drops::shutdown`. With a spool they are
  /// kept, as everything that shutdown finds unsent: `Stats::spooled`.
  void drop(std::span<Record* const> records) noexcept;
  /// Frees records that a tail decision let go: counted as `Drops::not_kept`. Empties the chain.
  void let_go(RecordChain& records) noexcept;
  /// So many records waited for a tail decision, now it is so many.
  void hold(std::size_t before, std::size_t now) noexcept;
  RecordPool& pool() const noexcept { return pool_; }
  /// Counts what is still in flight as `Drops::shutdown`, and forgets it. Its records are not
  /// freed: somebody may still be reading them. True when there was something.
  bool abandon() noexcept;
  ExportProgress progress() noexcept;
  /// While one of the queue's bounds is nearly used up: the oldest batch after that number of which
  /// an exporter has accepted everything and another holds it.
  std::optional<SharedBatch> next_held(std::uint64_t after) noexcept;
  /// A span, or something of one, found no room since the last call.
  bool has_refused() noexcept {
    const bool has_refused_bytes = pool_.has_refused();
    return credits_->has_refused() || has_refused_bytes;
  }
  /// Before the first batch: by which clock an exporter is stalled. For tests.
  void go_by(Deadline (*now)() noexcept) noexcept { now_ = now; }
  /// The exporter holds something, and has neither accepted nor refused anything for so long.
  bool is_stalled(std::size_t exporter, std::chrono::milliseconds patience) const noexcept;
  /// Records of which there are copies in the spool: freed, and counted as such. `forgotten`: those
  /// that made room for them.
  void keep(std::span<Record* const> records, std::uint64_t forgotten) noexcept;
  /// Of records that were kept so many are gone: counted as `Drops::disk`.
  void forget(std::uint64_t kept) noexcept;
  /// Adds `exported`, `dropped`, `exporters` and what was `processed`.
  void fill(Stats& stats) const;

  /// Watches the batches that are in flight when it is made, and those that begin until `seal`,
  /// until they are answered.
  class Watch {
   public:
    explicit Watch(BatchTracker& tracker) noexcept;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    void seal() noexcept;
    bool is_answered() const noexcept;
    /// Something in them was given up by an exporter.
    bool has_failed() const noexcept;
    /// When to stop waiting: at the deadline, or when no answer has come for so long.
    Deadline patience(Deadline deadline, std::chrono::milliseconds longest_silence) const noexcept;
    /// Waits until all are answered: true.
    bool wait(Deadline deadline, std::chrono::milliseconds longest_silence) noexcept;

   private:
    friend class BatchTracker;
    Deadline patience_locked(Deadline deadline,
                             std::chrono::milliseconds longest_silence) const noexcept;

    BatchTracker& tracker_;
    const Deadline begin_;
    std::uint64_t last_number_ = std::numeric_limits<std::uint64_t>::max();
    std::size_t outstanding_ = 0;
    bool has_failed_ = false;
    Watch* next_ = nullptr;
  };

 private:
  bool is_nearly_used_up() noexcept;
  std::uint64_t chunks_of(const Batch& batch) const noexcept;
  void answer(Batch& batch, std::size_t exporter, const Outcome& outcome) noexcept;
  void deliver(Batch& batch, std::size_t accepted) noexcept;
  void finish(Batch& batch, GiveUp reason) noexcept;
  void tell_watches(const Batch& batch) noexcept;
  void unlink(Batch& batch) noexcept;

  RecordPool& pool_;
  const std::shared_ptr<QueueCredits> credits_;
  const std::size_t batch_size_;
  const bool keeps_unsent_;  // the pool is a file that outlives the process

  mutable std::mutex mutex_;
  std::condition_variable answered_;
  Deadline last_answer_{};
  std::uint64_t next_number_ = 1;
  std::uint64_t accepted_batches_ = 0;
  std::size_t batches_in_flight_ = 0;
  Batch* oldest_ = nullptr;
  Batch* newest_ = nullptr;
  Batch* uncounted_ = nullptr;        // of it and those after it the chunks were not counted
  std::uint64_t counted_chunks_ = 0;  // of those before it
  Watch* watches_ = nullptr;
  std::vector<std::shared_ptr<Batch>> spares_;
  std::uint64_t exported_ = 0;
  std::uint64_t processed_ = 0;  // handed over
  std::uint64_t spooled_ = 0;
  Drops dropped_;
  std::vector<ExporterStats> exporters_;
  std::vector<Deadline> progress_;  // by exporter: its last verdict, or when it had nothing to do
  Deadline (*now_)() noexcept = []() noexcept { return std::chrono::steady_clock::now(); };
};

}  // namespace weft::inline v0::detail
