// SPDX-License-Identifier: Apache-2.0
#include "delivery/retry_schedule.hpp"

#include <algorithm>

namespace weft::inline v0::delivery {

using Seconds = std::chrono::duration<double>;

// Between a half and the whole of the exponential step: never more than the options say, and many
// processes that lost one collector do not come back at once.
std::chrono::nanoseconds RetrySchedule::backoff(double chance) const noexcept {
  const double wait = std::min(step_, longest()) * (0.5 + chance / 2);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(wait));
}

double RetrySchedule::longest() const noexcept { return Seconds(options_.max_backoff).count(); }

void RetrySchedule::failed(Time now, Time sent_at,
                           std::optional<std::chrono::milliseconds> server_delay,
                           double chance) noexcept {
  double asked = 0;
  if (server_delay) {
    // Nothing waits longer than its age allows; nor does the endpoint stay shut for longer.
    const auto wait = std::min<std::chrono::milliseconds>(*server_delay, options_.max_age);
    server_ = std::max(server_, now + wait);
    asked = std::min(Seconds(wait).count(), longest());
  }
  // Requests that were under way together fail together: that is one failure.
  if (failures_ > 0 && sent_at < last_failure_) {
    step_ = std::max(step_, asked);
    return;
  }
  step_ = failures_++ == 0 ? Seconds(options_.initial_backoff).count()
                           : std::min(step_ * options_.multiplier, longest());
  // A server that is not well when it said it would be is asked less often than that, not more.
  step_ = std::max(step_, asked);
  last_failure_ = now;
  own_ = now + backoff(chance);
}

void RetrySchedule::succeeded() noexcept {
  failures_ = 0;
  own_ = Time{};
}

}  // namespace weft::inline v0::delivery
