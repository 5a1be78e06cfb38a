// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include <weft/detail/as_task.hpp>
#include <weft/detail/executes.hpp>
#include <weft/detail/started_task.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

/// A detached task: owns its coroutine; gone when it has finished and no executor may start it.
class SpawnedTask : public CopiedScope {
 public:
  explicit SpawnedTask(Task<void>&& task) : task_(std::move(task)) {
    task_.check();
    task_.promise().join(*this);
    stop = {};  // nobody waits for it, so nobody asks it to stop
    done = [](TaskScope& self) noexcept {
      auto& spawned = static_cast<SpawnedTask&>(self);
      if (const std::exception_ptr& error = spawned.task_.promise().error()) {
        spawned.enter();  // so that on_error can tell whose it was
        report_escaped(error);
        spawned.leave();
      }
      spawned.release();
      return resume_nothing();
    };
  }
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  void start_once() noexcept {
    if (is_started_.exchange(true, std::memory_order_relaxed)) return;
    retain();
    start(task_.handle());
  }

 private:
  std::atomic<std::size_t> references_{1};
  std::atomic<bool> is_started_{false};
  StartedTask<void> task_;
};

/// What an executor is given. Copyable, since many executors want that; the first call counts.
class SpawnedStart {
 public:
  explicit SpawnedStart(SpawnedTask& task) noexcept : task_(&task) {}
  SpawnedStart(const SpawnedStart& other) noexcept : task_(other.task_) {
    if (task_ != nullptr) task_->retain();
  }
  SpawnedStart(SpawnedStart&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
  SpawnedStart& operator=(SpawnedStart other) noexcept {
    std::swap(task_, other.task_);
    return *this;
  }
  ~SpawnedStart() {
    if (task_ != nullptr) task_->release();
  }
  void operator()() const noexcept { task_->start_once(); }

 private:
  SpawnedTask* task_;
};

// The last is how Asio's executors of the Networking TS are given work.
template <class Executor>
concept Starts =
    Executes<Executor, SpawnedStart> || Posts<Executor, SpawnedStart> ||
    Dispatches<Executor, SpawnedStart> || Posts<Executor, SpawnedStart, std::allocator<void>>;

template <class T>
Task<void> discard_result(Task<T> task) {
  (void)co_await std::move(task);
}
inline Task<void> discard_result(Task<void> task) noexcept { return task; }

}  // namespace detail

/// Runs an awaitable detached: the executor starts it, in its own copy of the context current here;
/// its result is dropped. The coroutine is owned: gone when it has finished, or when the executor
/// drops it unstarted. An exception that leaves it goes to `Options::on_error`, never to terminate.
/// `executor` is a copyable handle with `execute(f)`, `post(f)` or `dispatch(f)`, tried in this
/// order, or a std::ref to one; what it is given is copyable. What the executor throws goes to the
/// caller.
template <class Executor, class A>
  requires(detail::Awaitable<A> && detail::Starts<std::unwrap_reference_t<Executor>>)
void spawn(Executor handle, A&& awaitable) {
  using Inner = std::unwrap_reference_t<Executor>;
  Inner& executor = handle;
  Task<void> task = detail::discard_result(detail::as_task(static_cast<A&&>(awaitable)));
  detail::SpawnedStart start(*new detail::SpawnedTask(std::move(task)));
  if constexpr (detail::Executes<Inner, detail::SpawnedStart>) {
    executor.execute(std::move(start));
  } else if constexpr (detail::Posts<Inner, detail::SpawnedStart>) {
    executor.post(std::move(start));
  } else if constexpr (detail::Posts<Inner, detail::SpawnedStart, std::allocator<void>>) {
    executor.post(std::move(start), std::allocator<void>());
  } else {
    executor.dispatch(std::move(start));
  }
}

}  // namespace weft::inline v0
