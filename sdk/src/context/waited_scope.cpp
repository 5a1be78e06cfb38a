// SPDX-License-Identifier: Apache-2.0
#include <weft/sync_wait.hpp>

#include <utility>

#include "context/profiler_view.hpp"

namespace weft::inline v0::detail {

WaitedScope::WaitedScope() noexcept {
  context = &current_state();
  before = std::exchange(context->scope, this);
  if (before != nullptr) stop = before->stop;
  done = [](TaskScope& self) noexcept {
    auto& waited = static_cast<WaitedScope&>(self);
    // Under the lock to the last: who waits destroys this object.
    const std::lock_guard lock(waited.mutex_);
    waited.is_finished_ = true;
    waited.finished_.notify_one();
    return resume_nothing();
  };
}

WaitedScope::~WaitedScope() { context->scope = before; }

void WaitedScope::run(std::coroutine_handle<> task) {
  start(task);
  publish_span(nullptr);  // what runs in this context from here on runs elsewhere
  {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [this] { return is_finished_; });
  }
  publish_span(current_state().span);
}

}  // namespace weft::inline v0::detail
