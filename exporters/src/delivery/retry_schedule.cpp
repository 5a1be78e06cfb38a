// SPDX-License-Identifier: Apache-2.0
#include "delivery/retry_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace weft::inline v0::delivery {

// Between a half and the whole of the exponential step: never more than the options say, and many
// processes that lost one collector do not come back at once.
std::chrono::nanoseconds RetrySchedule::backoff(double chance) const noexcept {
  using Seconds = std::chrono::duration<double>;
  const double longest = Seconds(options_.max_backoff).count();
  const double step =
      Seconds(options_.initial_backoff).count() * std::pow(options_.multiplier, failures_ - 1);
  const double wait = std::min(step, longest) * (0.5 + chance / 2);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(wait));
}

void RetrySchedule::failed(Time now, Time sent_at,
                           std::optional<std::chrono::milliseconds> server_delay,
                           double chance) noexcept {
  if (server_delay) {
    // Nothing waits longer than its age allows; nor does the endpoint stay shut for longer.
    const auto wait = std::min<std::chrono::milliseconds>(*server_delay, options_.max_age);
    server_ = std::max(server_, now + wait);
  }
  // Requests that were under way together fail together: that is one failure.
  if (failures_ > 0 && sent_at < last_failure_) return;
  ++failures_;
  last_failure_ = now;
  own_ = now + backoff(chance);
}

void RetrySchedule::succeeded() noexcept {
  failures_ = 0;
  own_ = Time{};
}

}  // namespace weft::inline v0::delivery
