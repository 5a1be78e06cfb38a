// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <tuple>
#include <utility>
#include <vector>

#include <weft/detail/as_task.hpp>
#include <weft/detail/gathered.hpp>
#include <weft/detail/started_task.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

/// A its_child of when_all: runs in its own copy of the context.
template <class T>
class GatheredChild : public CopiedScope {
 public:
  GatheredChild(Task<T>&& its_task) : task_(std::move(its_task)) {
    task_.check();
    task_.promise().join(*this);
    done = [](TaskScope& its_scope) noexcept {
      return static_cast<GatheredChild&>(its_scope).end_->arrive();
    };
  }
  void begin(Rendezvous& end) noexcept {
    end_ = &end;
    start(task_.handle());
  }
  Gathered<T> take() { return take_gathered(task_); }

 private:
  Rendezvous* end_ = nullptr;
  StartedTask<T> task_;
};

/// Starts all of them, then waits for the last.
template <class StartAll>
class GatherAwaiter {
 public:
  GatherAwaiter(Rendezvous& its_end, StartAll its_start_all)
      : end_(its_end), start_all_(its_start_all) {}
  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
    end_.set_awaiting(awaiting);
    start_all_();
    return end_.has_to_wait();
  }
  void await_resume() const noexcept {}

 private:
  Rendezvous& end_;
  StartAll start_all_;
};

template <class... T>
Task<std::tuple<Gathered<T>...>> gather(Task<T>... tasks) {
  Rendezvous end(sizeof...(T));
  std::tuple<GatheredChild<T>...> children(std::move(tasks)...);
  const auto start_all = [&children, &end] {
    std::apply([&end](auto&... its_child) { (its_child.begin(end), ...); }, children);
  };
  GatherAwaiter awaiter(end, start_all);
  co_await awaiter;
  co_return std::apply(
      [](auto&... its_child) { return std::tuple<Gathered<T>...>{its_child.take()...}; }, children);
}

template <class T>
Task<std::vector<Gathered<T>>> gather_range(std::vector<Task<T>> tasks) {
  Rendezvous end(tasks.size());
  std::deque<GatheredChild<T>> children;
  for (Task<T>& task : tasks) children.emplace_back(std::move(task));
  const auto start_all = [&children, &end] {
    for (GatheredChild<T>& its_child : children) its_child.begin(end);
  };
  GatherAwaiter awaiter(end, start_all);
  co_await awaiter;
  std::vector<Gathered<T>> results;
  results.reserve(children.size());
  for (GatheredChild<T>& child : children) results.push_back(child.take());
  co_return results;
}

}  // namespace detail

/// Runs awaitables concurrently, each in its own copy of the context current when this is awaited,
/// as asyncio.gather does, and gives their results in order:
///
///     auto [a, b] = co_await weft::when_all(f(), g());
///
/// A `void` child gives std::monostate, a reference a std::reference_wrapper. Waits for all of
/// them, then throws the first exception in the order of the arguments. Children start one after
/// the other on the awaiting thread; it goes on on the thread of the last to finish.
template <class... A>
  requires(detail::Awaitable<A> && ...)
Task<std::tuple<detail::Gathered<detail::TaskResult<A>>...>> when_all(A&&... awaitables) {
  return detail::gather(detail::as_task(static_cast<A&&>(awaitables))...);
}
/// The same for a vector; gives a vector.
template <class A>
  requires detail::Awaitable<A>
Task<std::vector<detail::Gathered<detail::TaskResult<A>>>> when_all(std::vector<A> awaitables) {
  std::vector<Task<detail::TaskResult<A>>> tasks;
  tasks.reserve(awaitables.size());
  for (A& awaitable : awaitables) tasks.push_back(detail::as_task(std::move(awaitable)));
  return detail::gather_range(std::move(tasks));
}

}  // namespace weft::inline v0
