// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <weft/diagnostics.hpp>
#include <weft/exporter.hpp>
#include <weft/resource.hpp>
#include <weft/version.hpp>

#include "processor/doorbell.hpp"
#include "processor/service_thread.hpp"
#include "tracer/last_calls.hpp"

namespace weft::inline v0::detail {

/// What is reported: the public figures, and what only the metrics tell apart.
struct Figures {
  Stats stats{};
  std::uint64_t recorded_only = 0;  // of stats.started: recorded and not sampled
};

/// The figures as one line: an ExportMetricsServiceRequest in OTLP/JSON, the names those of
/// OpenTelemetry's semantic conventions, "SDK metrics". Times in Unix nanoseconds; cumulative since
/// `begin`.
std::string stats_as_otlp_json(const Figures& figures, const Resource& resource,
                               std::uint64_t begin, std::uint64_t now);

/// Hands the figures to where `StatsOptions` says. Any thread; one report at a time. In a forked
/// child the parent's is left alone, and who goes on there makes its own.
class StatsReporter : public std::enable_shared_from_this<StatsReporter> {
 public:
  using Source = std::function<Figures()>;

  /// Whether the options ask for anything.
  static bool is_wanted(const StatsOptions& options) noexcept {
    return options.on_stats != nullptr || !options.file.empty() || options.log;
  }
  StatsReporter(StatsOptions options, Resource resource, Source source);

  /// A thread that reports every so often; its body keeps this object.
  void start(const WorkerOptions& worker);
  /// Reports if the interval has passed since the last one: for who has no thread.
  void report_if_due() noexcept;
  void report(const Figures& figures) noexcept;
  /// No report begins any more on the thread; `report_last` waits for one that is under way.
  void stop() noexcept;
  /// Ends the thread and reports once more. A callback that the thread is stuck in beyond the
  /// deadline is not called again: the figures are written alone.
  void report_last(const Figures& figures, Deadline deadline, const LastCalls& calls);

 private:
  void run() noexcept;
  bool is_callback_free(Deadline deadline) const noexcept;
  void write(const Figures& figures) const noexcept;
  void tell(const Stats& stats) noexcept;
  void write_line(const Figures& figures) const;

  const StatsOptions options_;
  const Resource resource_;
  const Source source_;
  const std::uint64_t begin_;
  std::mutex reporting_;
  Deadline next_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_telling_{false};  // inside the user's callback
  Doorbell doorbell_;
  ServiceThread thread_;
};

}  // namespace weft::inline v0::detail
