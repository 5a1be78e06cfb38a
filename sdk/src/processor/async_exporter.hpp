// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "platform/setting.hpp"
#include "span/record.hpp"

namespace weft::inline v0::detail {

/// Why an exporter did not deliver (the names of `Drops`).
enum class GiveUp : std::uint8_t { rejected, too_large, retry_exhausted, shutdown, queue_full };
inline constexpr std::size_t kGiveUps = 5;

/// What an exporter gives up to make room: what it keeps for another try, or all that it holds.
enum class Shed : std::uint8_t { waiting, all };

/// What became of a batch at one exporter: `accepted + given_up == size`.
struct Outcome {
  std::size_t accepted = 0;
  std::size_t given_up = 0;
  GiveUp reason = GiveUp::rejected;
};

/// Ended records that several exporters may hold at once; immutable until the last lets go.
/// A batch is kept by its completions, not by this handle: do not touch the records after calling
/// the completion.
class SharedBatch {
 public:
  SharedBatch() noexcept = default;
  /// The number tells it from an earlier one that had the same memory.
  explicit SharedBatch(std::shared_ptr<const std::vector<Record*>> records,
                       std::uint64_t number = 0) noexcept
      : records_(std::move(records)), number_(number) {}
  std::span<Record* const> records() const noexcept { return *records_; }
  std::size_t size() const noexcept { return records_->size(); }
  std::uint64_t number() const noexcept { return number_; }
  bool is(const SharedBatch& other) const noexcept {
    return records_ == other.records_ && number_ == other.number_;
  }

 private:
  std::shared_ptr<const std::vector<Record*>> records_;
  std::uint64_t number_ = 0;
};

/// Called exactly once per batch, from any thread.
using Completion = std::function<void(const Outcome&)>;

/// The seam between the worker and the exporters (docs/data-path.md). Never blocks the worker:
/// `submit` takes the batch and returns; I/O happens in `run`, which one lane thread (or
/// `Telemetry::run_once`) calls.
class WEFT_API AsyncExporter {
 public:
  virtual ~AsyncExporter();
  /// For `ExporterStats` and messages.
  virtual std::string_view name() const noexcept = 0;
  /// What its options come to, for people: names without the exporter's.
  virtual std::vector<Setting> settings() const { return {}; }
  /// Takes a batch. Any thread; never blocks, never throws.
  virtual void submit(SharedBatch batch, Completion completion) noexcept = 0;
  /// Drives I/O until `until`, or until `wake` is called. Sleeps while there is nothing to do.
  /// One caller at a time.
  virtual void run(Deadline until) noexcept = 0;
  /// Makes a `run` in progress (or the next one) return at once. Any thread.
  virtual void wake() noexcept = 0;
  /// Tries again at once what waits for its backoff: a flush is wanted.
  virtual void hurry() noexcept {}
  /// Gives up what it holds of this batch as `GiveUp::queue_full`, unless it is reading it just
  /// now: another exporter has delivered it, and its records are needed. Returns how many spans.
  /// Any thread; never blocks.
  virtual std::size_t shed(const SharedBatch& /*batch*/, Shed /*which*/) noexcept { return 0; }
  /// Nothing is queued, in flight or waiting.
  virtual bool idle() const noexcept = 0;
  /// No submit follows. Completes everything it still holds with `GiveUp::shutdown`, cancelling
  /// what is in flight, without waiting for the network; called when the deadline has come or all
  /// is idle. `run` returns promptly afterwards.
  virtual void close(Deadline deadline) noexcept = 0;
  /// Where to report what went wrong; set once before the first submit.
  virtual void set_error_sink(std::function<void(const Error&)> sink) noexcept = 0;
};

}  // namespace weft::inline v0::detail
