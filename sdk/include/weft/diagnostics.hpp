// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

/// What one exporter did.
struct ExporterStats {
  std::string name{};
  std::uint64_t exported = 0;  ///< spans acknowledged
  std::uint64_t failed = 0;    ///< spans refused or given up
  std::uint64_t inflight = 0;  ///< spans handed over and not answered
  std::uint64_t batches = 0;   ///< batches answered
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
  /// Exceptions that left a user's processor, sampler, id generator or tracer configurator.
  std::uint64_t user_exceptions = 0;
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
