// SPDX-License-Identifier: Apache-2.0
// What becomes of the telemetry in the child of a fork.
#include <mutex>
#include <string>
#include <utility>

#include "platform/error_reporter.hpp"
#include "processor/pipeline.hpp"
#include "tracer/core.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::inline v0::detail {

constinit std::atomic<TelemetryCore*> TelemetryCore::inherited_{nullptr};

void TelemetryCore::leave_to_parent() noexcept {
  // Also the one that is being shut down: the slot knows it until it is done.
  const std::shared_ptr<TelemetryCore>* slot = telemetry_slot().core;
  TelemetryCore* inherited = slot != nullptr ? slot->get() : nullptr;
  active_dropped_cases.store(0, std::memory_order_relaxed);
  active_.store(nullptr, std::memory_order_release);
  if (inherited == nullptr) return;
  // Its threads, sockets and queues do not exist here: no destructor may touch them.
  inherited->itself_ = std::move(*telemetry_slot().core);
  const bool was_stopped = inherited->stopped_.exchange(true, std::memory_order_acq_rel);
  inherited_.store(was_stopped ? nullptr : inherited, std::memory_order_release);
  inherited->pipeline_->abandon_in_child();
  inherited->final_stats_ = Stats();
  inherited->last_audit_ = Audit();
  inherited->before_ = AccountTotals();
  inherited->frozen_.store(true, std::memory_order_release);
  inherited->first_result_ = FlushResult::success;
  inherited->is_over_.store(true, std::memory_order_release);
}

TelemetryCore* TelemetryCore::go_on_in_child() noexcept {
  if (inherited() == nullptr) return active();
  const StartingTurn turn;
  if (!turn) return active();  // a span that the user's code starts while it is asked
  TelemetryCore* const before = inherited();
  if (before == nullptr) return active();  // another thread was first
  try {
    Configuration configuration = before->configuration_;
    configuration.resource = configuration.resource_after_fork();
    std::shared_ptr<TelemetryCore> core = start(std::move(configuration));
    const std::lock_guard lock(telemetry_slot().mutex);
    forget_inherited();
    if (core == nullptr) return nullptr;
    *telemetry_slot().core = core;
    TelemetryCore* const after = core.get();
    after->itself_ = std::move(core);  // handles reach it through `before`
    before->successor_.store(after, std::memory_order_release);
    return after;
  } catch (const std::exception& exception) {
    forget_inherited();
    error_reporter().report(ErrorCode::resource_exhausted, [&] {
      return std::string("a forked child's telemetry could not be started: ") + exception.what() +
             "; its spans are not recorded";
    });
    return nullptr;
  }
}

TelemetryCore& TelemetryCore::latest() noexcept {
  TelemetryCore* core = this;
  while (TelemetryCore* next = core->successor_.load(std::memory_order_acquire)) core = next;
  return *core;
}

}  // namespace weft::inline v0::detail
