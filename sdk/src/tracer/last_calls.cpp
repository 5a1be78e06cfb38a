// SPDX-License-Identifier: Apache-2.0
#include "tracer/last_calls.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <string>

#include "platform/awaited_callback.hpp"
#include "processor/service_thread.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::chrono::seconds kGrace{1};

}  // namespace

LastCalls::LastCalls(const WorkerOptions& worker, bool is_inside_a_callback) noexcept
    : is_here_(worker.none || is_inside_a_callback) {
  try {
    thread_.name = worker.name.substr(0, 10) + "-last";
    thread_.affinity = worker.affinity;
  } catch (const std::bad_alloc&) {
    is_here_ = true;
  }
}

Deadline LastCalls::by(Deadline deadline) noexcept {
  return std::max(deadline, std::chrono::steady_clock::now()) + kGrace;
}

FlushResult LastCalls::make_here(const std::function<bool()>& call) {
  const AwaitedCallback callback;
  return call() ? FlushResult::success : FlushResult::failed;
}

// Nothing: there is no thread to be had.
std::optional<FlushResult> LastCalls::make_on_thread(Deadline until,
                                                     const std::function<bool()>& call) const {
  ServiceThread thread;
  const auto result = std::make_shared<std::atomic<FlushStatus>>(FlushResult::timed_out);
  const auto body = [call, result] { *result = make_here(call).status(); };
  if (!thread.try_start(thread_, thread_.name, body, ServiceThread::Signals::as_here)) {
    return std::nullopt;
  }
  return thread.finish(until) ? FlushResult(result->load()) : FlushResult(FlushResult::timed_out);
}

}  // namespace weft::inline v0::detail
