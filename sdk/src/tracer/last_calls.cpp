// SPDX-License-Identifier: Apache-2.0
#include "tracer/last_calls.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "platform/awaited_callback.hpp"
#include "processor/service_thread.hpp"

namespace weft::inline v0::detail {

namespace {

// Processors, `on_error` and `on_stats` may each take one: together well within half a second.
constexpr std::chrono::milliseconds kMoment{80};

}  // namespace

Deadline LastCalls::by(Deadline deadline) noexcept {
  return std::max(deadline, std::chrono::steady_clock::now() + kMoment);
}

FlushResult LastCalls::make_here(const std::function<bool()>& call) {
  const AwaitedCallback callback;
  return call() ? FlushResult::success : FlushResult::failed;
}

FlushResult LastCalls::make(Deadline until, const std::function<bool()>& call) const {
  const auto result = std::make_shared<std::atomic<FlushStatus>>(FlushResult::timed_out);
  ServiceThread thread;
  std::string why;
  const bool is_started =
      !worker_.none && thread.try_start(
                           worker_, worker_.name.substr(0, 10) + "-last",
                           [call, result] { *result = make_here(call).status(); }, why);
  if (!is_started) return make_here(call);
  return thread.finish(until) ? FlushResult(result->load()) : FlushResult(FlushResult::timed_out);
}

}  // namespace weft::inline v0::detail
