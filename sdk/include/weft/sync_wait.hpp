// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include <weft/detail/as_task.hpp>
#include <weft/detail/started_task.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

/// A task that a thread waits for, in that thread's current context.
class WaitedScope : public TaskScope {
 public:
  WEFT_API WaitedScope() noexcept;
  WaitedScope(const WaitedScope&) = delete;
  WaitedScope& operator=(const WaitedScope&) = delete;
  WEFT_API ~WaitedScope();
  /// Starts the task and blocks until it has finished.
  WEFT_API void run(std::coroutine_handle<> task);

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  bool is_finished_ = false;
};

}  // namespace detail

/// Runs an awaitable from a plain function, blocks until it has finished, gives its result or
/// throws what it threw. It shares the caller's context, as `co_await` does: what it sets, the
/// caller sees. Starts on this thread. Not for a thread that the awaitable needs in order to go on.
template <class A>
  requires detail::Awaitable<A>
detail::TaskResult<A> sync_wait(A&& awaitable) {
  detail::StartedTask task(detail::as_task(static_cast<A&&>(awaitable)));
  task.check();
  detail::WaitedScope scope;
  task.promise().join(scope);
  scope.run(task.handle());
  return task.take();
}

}  // namespace weft::inline v0
