// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <weft/diagnostics.hpp>
#include <weft/flush_result.hpp>
#include <weft/options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
class TelemetryCore;
}

/// The running SDK: made by `init`, move-only; its destructor is `shutdown` with
/// `Options::shutdown_timeout`. Keep it in `main`. Every call is safe from any thread. A default
/// one, a moved-from one and one that a second `init` returned do nothing.
class WEFT_API Telemetry {
 public:
  Telemetry() noexcept = default;
  Telemetry(Telemetry&& other) noexcept;
  Telemetry& operator=(Telemetry&& other) noexcept;
  ~Telemetry();

  /// Sends every span that has ended so far. Waits for the answers, at most that long.
  FlushResult force_flush(std::chrono::milliseconds timeout = std::chrono::milliseconds{30000});
  /// Ends what this object began: flushes, stops the threads, drops what is left (counted). Returns
  /// within the timeout, whatever the network and exporters do; its last part (100 ms, at most a
  /// quarter, at least 10 ms) is for threads to end. Calls on open spans are no-ops from here on.
  ///
  /// `SpanProcessor::shutdown` and the last calls of `on_error` and `on_stats` are made on threads
  /// of their own, not the caller's: they must not need a lock that the caller holds. One that has
  /// not returned a second after the deadline is left behind, and may then refer to nothing that
  /// goes. With `WorkerOptions::none`, and where the system gives no thread, these and a user's
  /// exporters are called on the caller's, without a bound; the three also where this is called
  /// from inside a callback.
  ///
  /// Failed: an exporter gave something up, or an exporter's or processor's `shutdown` returned
  /// false or threw. Timed out: one of them, or a thread, was not done by then. A second call, also
  /// from another thread, waits for the first and returns its result; at its own deadline, timed
  /// out. From a callback that the first waits for it returns success at once.
  FlushResult shutdown(std::chrono::milliseconds timeout);
  FlushResult shutdown();

  Stats stats() const;
  Audit audit() const;
  /// What is in force and where each value came from (code, the file's line, the environment's
  /// variable, default): one `name = value (origin)` a line.
  std::string effective_config() const;
  /// With `WorkerOptions::none`: drains, exports and waits for the answers on this thread, at most
  /// that long. Returns the number of spans handed over.
  std::size_t run_once(std::chrono::milliseconds timeout = std::chrono::milliseconds{0});
  /// Async-signal-safe: marks that a flush is wanted and wakes the worker.
  void flush_on_signal() noexcept;
  /// It is running.
  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  friend struct TelemetryAccess;
  explicit Telemetry(std::shared_ptr<detail::TelemetryCore> core, bool owner) noexcept;
  std::shared_ptr<detail::TelemetryCore> core_;
  bool owner_ = false;
};

/// Starts the SDK with the named components. Nothing in it throws: what was wrong with an option or
/// a variable is reported through `on_error` and the default is used. A second one while the first
/// lives is an Error and returns a Telemetry that does nothing. No thread starts before the first
/// recorded span.
WEFT_API Telemetry init(Options options, const Components& components) noexcept;

/// The current one, or one that does nothing. It does not shut down when destroyed.
WEFT_API Telemetry active_telemetry() noexcept;

}  // namespace weft::inline v0
