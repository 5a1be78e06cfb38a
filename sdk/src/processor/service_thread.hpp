// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

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

  enum class Signals : bool { blocked, as_here };

  /// False, and one Error, when the system gives no thread, or there is no memory for it: where a
  /// lock is held, HeldReports.
  template <std::invocable Body>
  bool start(const WorkerOptions& options, std::string_view name, Body&& body) noexcept {
    try {
      make(options, name, std::forward<Body>(body), Signals::blocked);
      return true;
    } catch (const std::exception& error) {
      tell_of_none(name, error);
      return false;
    }
  }
  /// … without the Error.
  template <std::invocable Body>
  bool try_start(const WorkerOptions& options, std::string_view name, Body&& body,
                 Signals signals) noexcept {
    try {
      make(options, name, std::forward<Body>(body), signals);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }
  bool is_started() const noexcept { return thread_.joinable(); }
  /// Joins it if its body returns before the deadline, else leaves it behind: false. True also when
  /// there is none, and where only the destructors of a user's thread_local variables hang.
  bool finish(Deadline deadline) noexcept;

 private:
  struct Ended;

  void make(const WorkerOptions& options, std::string_view name, std::function<void()> body,
            Signals signals);
  static void tell_of_none(std::string_view name, const std::exception& error) noexcept;

  std::thread thread_;
  std::shared_ptr<Ended> ended_;
};

}  // namespace weft::inline v0::detail
