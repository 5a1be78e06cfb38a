// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <weft/span.hpp>

#include "platform/clock.hpp"
#include "span/ot_entry.hpp"
#include "tracer/builtin_samplers.hpp"

namespace weft::inline v0::builtin {

namespace {

constexpr double kNanoseconds = 1e9;
constexpr double kLongest = 1e17;  // three years: sums stay far from the end of 64 bits

}  // namespace

RateLimited::RateLimited(double per_second)
    : per_second_(per_second),
      interval_(per_second > 0 ? static_cast<std::int64_t>(
                                     std::clamp(kNanoseconds / per_second, 1.0, kLongest))
                               : 0),
      // A second's worth at once, but always one.
      tolerance_(std::max<std::int64_t>(static_cast<std::int64_t>(kNanoseconds) - interval_, 0)) {}

bool RateLimited::take(std::int64_t now) noexcept {
  if (interval_ == 0) return false;
  // Relaxed: the number guards nothing but itself.
  std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  std::int64_t next = 0;
  do {
    const std::int64_t begin = std::max(full_at, now);
    if (begin - now > tolerance_) return false;
    next = begin + interval_;
  } while (!full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed));
  return true;
}

SamplingResult RateLimited::should_sample(const SamplingParameters& parameters) {
  const SpanContext parent = span_context(parameters.parent);
  const bool is_local_child = parent.is_valid() && !parent.is_remote();
  if (is_local_child) {
    return {parent.is_sampled() ? SamplingDecision::record_and_sample : SamplingDecision::drop,
            {},
            parent.trace_state()};
  }
  return {take(detail::steady_now()) ? SamplingDecision::record_and_sample : SamplingDecision::drop,
          {},
          detail::with_threshold(parent.trace_state(), std::nullopt)};
}

std::string RateLimited::description() {
  return "RateLimitedSampler{" + ratio_text(per_second_) + "}";
}

}  // namespace weft::inline v0::builtin
