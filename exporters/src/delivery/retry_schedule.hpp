// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::delivery {

/// When the endpoint may be tried again. One for all batches: what ails is the endpoint, so all of
/// them wait, and while it ails one request at a time finds out. Belongs to its owner's lock.
class RetrySchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit RetrySchedule(const exporters::RetryOptions& options) noexcept : options_(options) {}

  /// A request that left at `sent_at` failed now. `chance` in [0, 1) is the jitter.
  void failed(Time now, Time sent_at, std::optional<std::chrono::milliseconds> server_delay,
              double chance) noexcept;
  /// The endpoint answered. What it asked to wait holds on.
  void succeeded() noexcept;
  /// Forgets our own backoff, not what the server asked for.
  void hurry() noexcept { own_ = Time{}; }

  Time ready_at() const noexcept { return own_ > server_ ? own_ : server_; }
  bool ailing() const noexcept { return failures_ > 0; }

 private:
  std::chrono::nanoseconds backoff(double chance) const noexcept;
  double longest() const noexcept;

  exporters::RetryOptions options_;
  int failures_ = 0;
  double step_ = 0;  // seconds: what the next backoff grows from
  Time last_failure_{};
  Time own_{};
  Time server_{};
};

}  // namespace weft::inline v0::delivery
