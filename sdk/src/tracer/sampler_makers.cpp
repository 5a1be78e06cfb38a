// SPDX-License-Identifier: Apache-2.0
// What `weft::samplers` makes: options that make no sense are told here, and only here.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <weft/sampler.hpp>

#include "platform/error_reporter.hpp"
#include "span/sampling_threshold.hpp"
#include "tracer/builtin_samplers.hpp"
#include "tracer/usable_ratio.hpp"

namespace weft::inline v0 {

namespace {

void refuse(const std::string& what) noexcept { detail::error_reporter().refuse(what); }

SamplerPtr usable_root(SamplerPtr root, const char* maker) {
  if (root != nullptr) return root;
  refuse(std::string("samplers::") + maker + "(root): root is null; AlwaysOnSampler is used");
  return samplers::always_on();
}

template <class T>
void use_if(bool is_usable, T& value, const char* name, const std::string& text, const char* reason,
            const T& instead, const std::string& instead_text) {
  if (is_usable) return;
  refuse(std::string("samplers::keep_slow_and_failed: ") + name + "=\"" + text + "\" " + reason +
         "; " + instead_text + " is used");
  value = instead;
}

std::string text_of(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

KeepOptions usable(KeepOptions given) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
  constexpr std::size_t kMostTraces = std::size_t{1} << 20U;
  const KeepOptions built_in;
  use_if(given.slow_after.count() >= 0, given.slow_after, "slow_after", text_of(given.slow_after),
         "is below zero", built_in.slow_after, text_of(built_in.slow_after));
  use_if(given.max_wait.count() > 0, given.max_wait, "max_wait", text_of(given.max_wait),
         "is not above zero", built_in.max_wait, text_of(built_in.max_wait));
  use_if(given.max_traces > 0 && given.max_traces <= kMostTraces, given.max_traces, "max_traces",
         std::to_string(given.max_traces), "is not from 1 to 1048576", built_in.max_traces,
         std::to_string(built_in.max_traces));
  use_if(given.max_bytes > 0, given.max_bytes, "max_bytes", "0", "holds nothing",
         built_in.max_bytes, std::to_string(built_in.max_bytes));
  given.slow_after = std::min(given.slow_after, kLongest);
  given.max_wait = std::min(given.max_wait, kLongest);
  given.ratio = detail::usable_ratio("samplers::keep_slow_and_failed: ratio", given.ratio);
  return given;
}

}  // namespace

double detail::usable_ratio(const char* place, double ratio) {
  if (ratio >= 0 && ratio <= 1) return ratio;
  const bool is_low = ratio < 0;
  refuse(std::string(place) + "(" + std::to_string(ratio) + "): it is no number from 0 to 1; " +
         (is_low ? "0" : "1") + " is used");
  return is_low ? 0 : 1;
}

double detail::usable_probability(const char* place, double ratio) {
  ratio = usable_ratio(place, ratio);
  if (ratio == 0 || ratio >= kLeastRatio) return ratio;
  refuse(std::string(place) + ": it is below 2^-56, which 56 bits cannot tell; 2^-56 is used");
  return kLeastRatio;
}

namespace samplers {

SamplerPtr always_on() { return std::make_shared<builtin::AlwaysOn>(); }
SamplerPtr always_off() { return std::make_shared<builtin::AlwaysOff>(); }

SamplerPtr trace_id_ratio(double ratio) {
  return std::make_shared<builtin::TraceIdRatio>(
      detail::usable_ratio("samplers::trace_id_ratio", ratio));
}

SamplerPtr probability(double ratio) {
  ratio = detail::usable_probability("samplers::probability", ratio);
  if (ratio == 0) return always_off();
  return std::make_shared<builtin::Probability>(ratio);
}

SamplerPtr parent_based(SamplerPtr root, ParentDelegates delegates) {
  return std::make_shared<builtin::ParentBased>(usable_root(std::move(root), "parent_based"),
                                                std::move(delegates));
}

SamplerPtr always_record(SamplerPtr root) {
  return std::make_shared<builtin::AlwaysRecord>(usable_root(std::move(root), "always_record"));
}

SamplerPtr rate_limited(double per_second) {
  if (std::isnan(per_second)) {
    refuse("samplers::rate_limited(nan): it is no number; 1 is used");
    per_second = 1;
  } else if (per_second < 0) {
    refuse("samplers::rate_limited(" + builtin::ratio_text(per_second) +
           "): it is below zero; nothing is sampled");
  }
  return std::make_shared<builtin::RateLimited>(per_second);
}

SamplerPtr keep_slow_and_failed(KeepOptions options) {
  return std::make_shared<builtin::KeepSlowAndFailed>(usable(options));
}

}  // namespace samplers

}  // namespace weft::inline v0
