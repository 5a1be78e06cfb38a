// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// A thread of ours: named, on the CPUs that the user chose, `on_start` called first, deaf to
/// signals (those of a fault excepted: a crash handler must see them). Ends with `finish`; its body
/// holds what it needs by shared ownership, since it may be left behind.
class WEFT_API ServiceThread {
 public:
  ServiceThread() noexcept = default;
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;
  ~ServiceThread();

  /// False, and one Error, when the system gives no thread: where a lock is held, HeldReports.
  bool start(const WorkerOptions& options, const std::string& name,
             std::function<void()> body) noexcept;
  /// … without the Error; `why` says what the system said.
  bool try_start(const WorkerOptions& options, const std::string& name, std::function<void()> body,
                 std::string& why) noexcept;
  bool is_started() const noexcept { return thread_.joinable(); }
  /// Joins it if its body returns before the deadline, else leaves it behind: false. True also when
  /// there is none.
  bool finish(Deadline deadline) noexcept;

 private:
  struct Ended;
  std::thread thread_;
  std::shared_ptr<Ended> ended_;
};

}  // namespace weft::inline v0::detail
