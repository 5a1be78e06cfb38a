// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// How the one worker thread is made.
struct WorkerOptions {
  std::string name = "weft-worker";  ///< as the system shows it; cut at 15 bytes
  std::vector<int> affinity{};       ///< CPUs it may run on; empty: all
  std::function<void()> on_start{};  ///< called first on every thread of ours
  bool none = false;                 ///< no thread at all: call `Telemetry::run_once`
};

/// How ended spans wait and leave. OTEL_BSP_*. An option equal to its default yields to the
/// environment variable.
struct BatchOptions {
  std::size_t max_queue_size = 2048;         ///< ended, unexported spans of the whole process
  std::size_t max_export_batch_size = 512;   ///< spans of one export
  std::size_t max_queue_bytes = 32U << 20U;  ///< bytes of their bodies
  WorkerOptions worker{};
  std::chrono::milliseconds schedule_delay{5000};   ///< the longest a span waits for company
  std::chrono::milliseconds export_timeout{30000};  ///< bounds one hand-over to an exporter
};

}  // namespace weft::inline v0
