// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// Why recorded spans were not delivered.
struct Drops {
  std::uint64_t queue_full = 0;       ///< no record, no bytes, or the queue's bound was reached
  std::uint64_t rejected = 0;         ///< the backend refused them
  std::uint64_t too_large = 0;        ///< one span beyond the request limit
  std::uint64_t retry_exhausted = 0;  ///< the exporter gave up, or failed
  std::uint64_t shutdown = 0;         ///< open or unsent at shutdown's deadline
  std::uint64_t fork = 0;             ///< ended in a child before its worker could start
  std::uint64_t not_kept = 0;         ///< record-only, filtered, or not chosen
  std::uint64_t disk = 0;             ///< the spool could not hold them

  std::uint64_t total() const noexcept {
    return queue_full + rejected + too_large + retry_exhausted + shutdown + fork + not_kept + disk;
  }
};

/// What one exporter did: `otel.sdk.exporter.*`.
struct ExporterStats {
  /// The upper bounds of the duration's buckets, in seconds; the last bucket has none.
  static constexpr std::array<double, 14> kDurationBounds = {
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};
  using Buckets = std::array<std::uint64_t, kDurationBounds.size() + 1>;

  /// Batches that failed for one reason, wholly or in part, and how long they took.
  struct Failed {
    std::uint64_t batches = 0;
    std::chrono::nanoseconds duration{0};
    Buckets durations{};
  };
  /// By the reasons of `Drops`.
  struct FailedBatches {
    Failed queue_full{}, rejected{}, too_large{}, retry_exhausted{}, shutdown{};
  };

  std::string name{};
  std::uint64_t exported = 0;            ///< spans acknowledged
  std::uint64_t failed = 0;              ///< spans refused or given up
  std::uint64_t inflight = 0;            ///< spans handed over and not answered
  std::uint64_t batches = 0;             ///< batches answered
  Drops failures{};                      ///< `failed` by reason
  std::chrono::nanoseconds duration{0};  ///< from hand-over to answer, of all batches together
  Buckets durations{};                   ///< batches by bucket
  FailedBatches failed_batches{};        ///< those of `batches` that failed, by reason
};

/// What the queue in front of the exporters does: `otel.sdk.processor.span.*`.
struct ProcessorStats {
  std::uint64_t queue_size = 0;      ///< ended spans that wait for a batch, or may: an upper bound
  std::uint64_t queue_capacity = 0;  ///< `BatchOptions::max_queue_size`
  std::uint64_t processed = 0;       ///< spans handed to the exporters
};

/// The account of recorded spans since `init` (in a forked child: since the fork), one consistent
/// reading: started == exported + dropped.total() + live + spooled. OpenTelemetry's
/// `otel.sdk.span.*`, `otel.sdk.processor.*` and `otel.sdk.exporter.*`.
struct Stats {
  std::uint64_t started = 0;
  std::uint64_t exported = 0;   ///< acknowledged by the first exporter to do so
  std::uint64_t live = 0;       ///< open, or ended and on the way
  std::uint64_t spooled = 0;    ///< kept on disk for a later process
  std::uint64_t recovered = 0;  ///< spans of dead processes, outside the account
  std::uint64_t misused = 0;    ///< late or foreign calls, wrong tokens and the like
  Drops dropped{};
  std::vector<ExporterStats> exporters{};
  /// Exceptions that left a sampler, processor, exporter, propagator, carrier, on_stats, id
  /// generator or configurator.
  std::uint64_t user_exceptions = 0;
  ProcessorStats processor{};
  std::uint64_t not_recorded = 0;  ///< spans that the sampler dropped: outside the account
};

/// `started = 10, exported = 9, …`: one line.
WEFT_API std::string to_string(const Stats& stats);

/// Where the figures go by themselves, every so often and once more at shutdown; nowhere by
/// default. WEFT_STATS_INTERVAL (ms), WEFT_STATS_FILE, WEFT_STATS_LOG. A thread of its own does it,
/// with `WorkerOptions::none` whoever calls `run_once`.
struct StatsOptions {
  std::chrono::milliseconds interval{60000};
  /// Called with each reading; what it throws is told, and it goes on.
  std::function<void(const Stats&)> on_stats{};
  /// OTLP/JSON metrics (`otel.sdk.*`), one ExportMetricsServiceRequest a line, appended.
  std::filesystem::path file{};
  bool log = false;  ///< one line on stderr
};

/// A count of the records by their state words, made independently of the account: agrees with it
/// at every quiet moment (`live == open + ended`).
struct Audit {
  std::uint64_t open = 0;   ///< started, not ended
  std::uint64_t ended = 0;  ///< ended, not yet delivered or dropped
  std::uint64_t live = 0;   ///< both
  std::uint64_t spooled = 0;
};

}  // namespace weft::inline v0
