// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "processor/async_exporter.hpp"
#include "processor/doorbell.hpp"
#include "processor/lane.hpp"
#include "processor/leftovers.hpp"
#include "processor/overflow.hpp"
#include "processor/service_thread.hpp"
#include "span/dead_file.hpp"

namespace weft::inline v0::detail {

/// Sends the spans that dead processes left in a spool folder (docs/delivery.md): oldest file
/// first, one batch at a time over the same lanes as our own spans, outside the account and the
/// queue's bound. A file goes when each of its spans was answered for; what is not delivered for
/// want of a backend stays for a later process. On a thread of its own, or by `step`. Any thread.
class Recovery : public std::enable_shared_from_this<Recovery> {
 public:
  Recovery(std::filesystem::path folder, std::vector<std::shared_ptr<Lane>> lanes,
           std::size_t batch_size, const OverflowLimits& limits)
      : folder_(std::move(folder)),
        lanes_(std::move(lanes)),
        batch_size_(batch_size),
        limits_(limits),
        left_(folder_),
        passed_over_(lanes_.size()) {}

  /// Before any other call: whose files it may send too, and unlock.
  void send_segments_of(std::shared_ptr<Overflow> overflow) noexcept {
    overflow_ = std::move(overflow);
  }
  void start(const WorkerOptions& options) noexcept;
  /// There is nothing to do, until `again`.
  void skip() noexcept { is_done_.store(true, std::memory_order_release); }
  /// The last step came to its bound, not to an end: the next has something to do at once.
  bool has_more() const noexcept { return has_more_; }
  bool is_threaded() const noexcept { return is_threaded_.load(std::memory_order_acquire); }
  /// A part of what can be done without waiting for an answer: it ends after so many files, or so
  /// many bytes of them. False: it is done, or another thread tells of the end just now.
  bool step() noexcept;
  /// All was tried, and told; who is being told, and calls back, waits for nothing more.
  bool is_done() const noexcept {
    return is_done_.load(std::memory_order_acquire) || teller_.load() == std::this_thread::get_id();
  }
  /// Sleeps until something has changed, or the deadline.
  void wait(Deadline deadline) noexcept;
  /// No further batch; the one that is out is answered for when the lanes close.
  void stop() noexcept;
  bool finish(Deadline deadline) noexcept;
  /// When it is done: looks into the folder once more.
  void again(const WorkerOptions& options) noexcept;
  /// Batches that were given to exporters.
  std::uint64_t submitted() const noexcept { return submitted_.load(std::memory_order_relaxed); }
  /// Spans of dead processes that were delivered.
  std::uint64_t recovered() const noexcept { return recovered_.load(std::memory_order_relaxed); }
  /// The same for segments of this process's own pool; those that were refused, or unreadable.
  std::uint64_t own_delivered() const noexcept { return own_delivered_.load(); }
  std::uint64_t own_refused() const noexcept { return own_refused_.load(); }
  std::uint64_t own_lost() const noexcept { return own_lost_.load(); }

 private:
  /// A batch on its way; keeps the memory that its records lie in.
  struct Sending {
    std::vector<Record*> records;
    std::shared_ptr<DeadFile> file;
    Deadline begun{};
    std::mutex mutex;
    std::vector<bool> owes{};  // by lane: it has not answered
    std::size_t holders = 0;
    std::size_t accepted = 0;
    GiveUp reason = GiveUp::rejected;
  };
  /// For the one line at the end.
  struct Trouble {
    std::size_t made_room = 0;
    std::size_t too_old = 0;
    std::size_t lost = 0;
    std::size_t refused = 0;
    std::size_t passed_over = 0;
    std::size_t repaired = 0;
    std::size_t damaged_files = 0;
    std::size_t other_versions = 0;
    std::size_t unreadable_files = 0;
    std::string example{};
  };

  enum class Step : std::uint8_t { goes_on, ends, has_ended };

  void run() noexcept;
  void start_thread(const WorkerOptions& options) noexcept;
  Step step_once() noexcept;
  bool step_locked();
  bool list_more();
  bool look_further();
  bool open_next();
  void note(Claim claim, const std::filesystem::path& path, const std::string& why);
  void submit_batch();
  void answer(Sending& sending, std::size_t lane, const Outcome& outcome) noexcept;
  static bool is_answered(Sending& sending) noexcept;
  bool passes_over_silent_ones();
  bool is_given_up(const std::shared_ptr<Sending>& sending) noexcept;
  bool is_file_held() noexcept;
  bool settle();
  void begin_ending() noexcept;
  void let_go() noexcept;
  void end() noexcept;
  void tell() noexcept;
  void report();

  const std::filesystem::path folder_;
  const std::vector<std::shared_ptr<Lane>> lanes_;
  const std::size_t batch_size_;
  const OverflowLimits limits_;
  std::shared_ptr<Overflow> overflow_;  // null: no spool of our own
  std::atomic<bool> is_done_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> submitted_{0};
  std::atomic<std::uint64_t> recovered_{0};
  std::atomic<std::uint64_t> own_delivered_{0};
  std::atomic<std::uint64_t> own_refused_{0};
  std::atomic<std::uint64_t> own_lost_{0};
  Doorbell doorbell_;  // for the thread
  std::mutex threading_;
  ServiceThread thread_;  // under threading_
  std::atomic<bool> is_threaded_{false};
  std::atomic<std::thread::id> teller_{};  // who tells of the end
  std::mutex waiting_;
  std::condition_variable changed_;  // for whoever waits

  std::mutex mutex_;  // the rest; the user is told outside it
  bool has_begun_ = false;
  bool is_listed_ = false;
  bool is_ending_ = false;
  bool has_ended_ = false;
  std::atomic<bool> has_more_{false};  // a step came to its bound
  Leftovers left_;
  std::shared_ptr<DeadFile> file_;
  bool is_own_ = false;   // the file: a segment of this process's own pool
  std::size_t next_ = 0;  // of the file's spans
  std::shared_ptr<Sending> sending_;
  // Delivered, but an exporter still holds them, and their file.
  std::vector<std::shared_ptr<Sending>> held_;
  std::vector<bool> passed_over_;  // by lane: it gets nothing more this time
  Trouble trouble_;
};

}  // namespace weft::inline v0::detail
