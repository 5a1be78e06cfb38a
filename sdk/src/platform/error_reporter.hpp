// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <weft/error.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// What the line on stderr is for: OTEL_LOG_LEVEL. A handler of the user's is told everything.
enum class LogLevel : std::uint8_t {
  none,   ///< nothing
  error,  ///< what costs spans
  warn,   ///< and what was not taken, such as an option
  info,   ///< the same
  debug   ///< and, at `init`, the configuration in force
};

class HeldReports;
struct ThreadData;

/// Where trouble is told: `Options::on_error`, or one line on stderr. One for the process, never
/// destroyed. Rate-limited, so that a failure that repeats does not flood: identical text at most
/// once in 10 seconds, a code at most 5 times a second (set-up problems 100 times: each is another
/// option). What was held back is counted in the next line. Text is made fit for one line.
///
/// Any thread. No lock is held while the user's handler runs; what it throws is contained, and
/// errors that it causes on its own thread are counted, not told. In a forked child it goes on;
/// whoever handles forks calls `before_fork` and, on both sides, `after_fork`.
class WEFT_API ErrorReporter {
 public:
  using Handler = std::function<void(const Error&)>;
  using Clock = std::chrono::steady_clock::time_point (*)();

  constexpr ErrorReporter() noexcept = default;
  ErrorReporter(const ErrorReporter&) = delete;
  ErrorReporter& operator=(const ErrorReporter&) = delete;

  /// Replaces the handler (empty: stderr) and forgets what was said before. The one before may
  /// still be running on another thread when this returns.
  void set_handler(Handler handler) noexcept;
  /// `set_handler` for a telemetry that begins: it is also told what was refused since the last one
  /// ended.
  void begin_handler(Handler handler) noexcept;
  /// Back to stderr. No call of the handler begins after this, and those that run have returned, or
  /// the deadline has come.
  void end_handler(std::chrono::steady_clock::time_point deadline) noexcept;
  /// For stderr alone; info at first.
  void set_log_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
  void report(ErrorCode code, std::string_view what) noexcept;
  /// `compose` makes the text: where there is no memory for it, it is counted, and told with the
  /// next of its kind.
  template <std::invocable Compose>
  void report(ErrorCode code, Compose&& compose) noexcept {
    try {
      report(code, std::string_view(std::string(compose())));
    } catch (...) {
      hold_back(code);
    }
  }
  /// What is said once in a telemetry's life: whatever was said just before.
  void report_always(ErrorCode code, std::string_view what) noexcept;
  /// An option of something that is made before `init` and handed to it, such as a sampler: told by
  /// that `init` to whom it was told to tell; at once where a telemetry lives.
  void refuse(std::string what) noexcept;
  bool has_handler() noexcept;
  /// For tests; null: the steady clock.
  void set_clock(Clock clock) noexcept;

  void before_fork() noexcept { mutex_.lock(); }
  void after_fork() noexcept { mutex_.unlock(); }
  /// In the child, before `after_fork`: what other threads held is told by the parent, and no call
  /// of the handler runs on them.
  void forget_other_threads() noexcept;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Limit : bool { none, rate };
  struct Said {
    std::size_t hash = 0;
    TimePoint time{};
    std::uint64_t held_back = 0;
    ErrorCode code{};
    bool used = false;
  };
  struct PerCode {
    TimePoint window{};
    std::uint32_t said = 0;
    std::uint64_t held_back = 0;
  };
  static constexpr std::size_t kCodes = 16;
  static constexpr std::size_t kRemembered = 32;

  friend class HeldReports;

  void report(ErrorCode code, std::string_view what, Limit limit) noexcept;
  bool keep(const ThreadData& thread, ErrorCode code, std::string_view what, Limit limit) noexcept;
  HeldReports* find_held(const ThreadData* thread) const noexcept;
  bool may_say(const Error& error, Limit limit, std::uint64_t& held_back) noexcept;
  Said* find(std::size_t hash) noexcept;
  Said& oldest() noexcept;
  bool ask(Error& error, Limit limit, std::shared_ptr<const Handler>& handler);
  std::shared_ptr<const Handler> exchange_handler(std::shared_ptr<const Handler> fresh);
  void hold_back(ErrorCode code) noexcept;
  PerCode& per_code(ErrorCode code) noexcept {
    return codes_[static_cast<std::size_t>(code) % kCodes];
  }

  std::atomic<LogLevel> level_{LogLevel::info};
  std::mutex mutex_;
  std::shared_ptr<const Handler>* handler_ = nullptr;  // leaked: there is no exit-time destructor
  std::vector<std::string>* early_ = nullptr;          // refused before `begin_handler`; leaked
  HeldReports* held_ = nullptr;                        // at most one a thread
  bool has_begun_ = false;
  Clock clock_ = nullptr;
  Said said_[kRemembered];
  PerCode codes_[kCodes];
};

/// The process's own.
WEFT_API ErrorReporter& error_reporter() noexcept;

}  // namespace weft::inline v0::detail
