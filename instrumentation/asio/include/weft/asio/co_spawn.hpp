// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <weft/asio/completion.hpp>
#include <weft/asio/library.hpp>
#include <weft/asio/propagating_executor.hpp>
#include <weft/asio/task.hpp>
#include <weft/asio/task_executor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE {

namespace detail {

template <class A>
inline constexpr bool kIsAwaitable = false;
template <class T, class Executor>
inline constexpr bool kIsAwaitable<net::awaitable<T, Executor>> = true;

template <class A>
struct AwaitableParts;
template <class T, class E>
struct AwaitableParts<net::awaitable<T, E>> {
  using Value = T;
  using Executor = E;
  using Signature = void(std::exception_ptr, T);
};
template <class E>
struct AwaitableParts<net::awaitable<void, E>> {
  using Value = void;
  using Executor = E;
  using Signature = void(std::exception_ptr);
};

/// An awaitable, or a function that gives one, as a function that gives one.
template <class A>
class AwaitableFunction {
 public:
  explicit AwaitableFunction(A&& awaitable) : awaitable_(std::move(awaitable)) {}
  A operator()() { return std::move(awaitable_); }

 private:
  A awaitable_;
};
template <class F>
auto as_function(F&& function) {
  using Value = std::decay_t<F>;
  if constexpr (kIsAwaitable<Value>) {
    static_assert(!std::is_lvalue_reference_v<F>, "co_spawn uses the awaitable up: std::move it");
    return AwaitableFunction<Value>(std::move(function));
  } else {
    return Value(std::forward<F>(function));
  }
}
template <class F>
using FunctionOf = decltype(as_function(std::declval<F>()));
template <class F>
using PartsOf = AwaitableParts<std::invoke_result_t<FunctionOf<F>&>>;
template <class F>
concept Spawnable = requires { typename PartsOf<F>::Signature; };

/// Told by the task's coroutine, as its first step, where its frames are.
template <class Executor>
class BeginTask {
 public:
  explicit BeginTask(TaskOf<Executor>& task) : task_(&task) {}
  AwaitableThread<Executor>* operator()(FrameBase<Executor>* frame) const {
    task_->template begin<TaskExecutor>(frame);
    return nullptr;
  }

 private:
  TaskOf<Executor>* task_;
};
template <class Executor>
class EndTask {
 public:
  explicit EndTask(TaskOf<Executor>& task) : task_(task) {}
  EndTask(const EndTask&) = delete;
  EndTask& operator=(const EndTask&) = delete;
  ~EndTask() { task_.end(); }

 private:
  TaskOf<Executor>& task_;
};

/// The outermost coroutine of a task that we see.
template <class T, class Executor, class F>
net::awaitable<T, Executor> run_task(std::shared_ptr<TaskOf<Executor>> task, F function) {
  BeginTask<Executor> begin(*task);
  co_await begin;
  const EndTask<Executor> end(*task);
  co_return co_await function();
}

template <class T, class Executor, class F>
class TaskFunction {
 public:
  TaskFunction(std::shared_ptr<TaskOf<Executor>> task, F&& function)
      : task_(std::move(task)), f_(std::move(function)) {}
  net::awaitable<T, Executor> operator()() {
    return run_task<T, Executor, F>(std::move(task_), std::move(f_));
  }

 private:
  std::shared_ptr<TaskOf<Executor>> task_;
  F f_;
};

/// Starts the task when the completion token says so: its context is copied then.
class InitiateTask {
 public:
  explicit InitiateTask(net::any_io_executor executor) : executor_(std::move(executor)) {}

  using executor_type = net::any_io_executor;
  executor_type get_executor() const noexcept { return executor_; }

  template <class Handler, class F>
  void operator()(Handler&& handler, F function) const {
    using Parts = PartsOf<F>;
    using T = typename Parts::Value;
    using Executor = typename Parts::Executor;
    static_assert(std::constructible_from<Executor, TaskExecutor>,
                  "the awaitable's executor must take any, as that of awaitable<T> does");
    auto task = std::make_shared<TaskOf<Executor>>();
    const Executor executor{TaskExecutor(executor_, task)};
    net::co_spawn(executor, TaskFunction<T, Executor, F>(task, std::move(function)),
                  Completion<std::decay_t<Handler>>(std::forward<Handler>(handler), executor_));
  }

 private:
  net::any_io_executor executor_;
};

/// Of a task's executor, what is inside: the new task is not a part of that one.
template <class Executor>
net::any_io_executor plain_executor(Executor&& executor) {
  if constexpr (requires { executor.get_executor(); }) {
    return plain_executor(executor.get_executor());
  } else {
    const TaskExecutor* task = task_executor_of(executor);
    return task != nullptr ? task->inner() : net::any_io_executor(std::as_const(executor));
  }
}
template <class Executor>
struct ExecutorOf {
  using Type = Executor;
};
template <class Context>
  requires requires { typename Context::executor_type; }
struct ExecutorOf<Context> {
  using Type = typename Context::executor_type;
};
template <class Executor>
using DefaultToken =
    typename net::default_completion_token<typename ExecutorOf<Executor>::Type>::type;

}  // namespace detail

/// asio's `co_spawn` for a coroutine that keeps its context: it is a task with a copy of the
/// context current here, and so the current span as parent, and every step of it runs in there:
/// after timers, sockets, strands and channels, on whichever thread, under cancellation and
/// destruction. What it sets, nobody else sees, and nothing of it stays with the thread.
///
///     weft::asio::co_spawn(io, session(std::move(socket)), asio::detached);
///
/// `executor`: an executor or an execution context; that of another task, from
/// `co_await asio::this_coro::executor`, is good too. `f`: an awaitable or a function that gives
/// one, with asio's own executor type. `token` as for asio's: the completion handler is called in a
/// copy of the context current here, on its associated executor; awaited by a task, the task goes
/// on in its own. Errors are asio's own.
template <class Executor, class F,
          class Token = detail::DefaultToken<std::remove_cvref_t<Executor>>>
  requires detail::Spawnable<F>
auto co_spawn(Executor&& executor, F&& function, Token&& token = Token()) {
  return net::async_initiate<Token, typename detail::PartsOf<F>::Signature>(
      detail::InitiateTask(detail::plain_executor(executor)), token,
      detail::as_function(std::forward<F>(function)));
}

/// Another executor for the task whose step runs here, such as a pool that it goes to for one part:
///
///     co_await asio::post(asio::bind_executor(weft::asio::in_this_task(pool),
///     asio::use_awaitable));
///
/// (From Asio 1.19 on: before, bind_executor does not take use_awaitable.)
/// What goes on there does so in the task's context. Elsewhere than in a task, the same as
/// `weft::propagating`. Not for what runs beside the task: that takes `weft::propagating`.
template <class Executor>
net::any_io_executor in_this_task(Executor&& executor) {
  net::any_io_executor inner = detail::plain_executor(executor);
  if (detail::Task* task = detail::Task::current()) {
    return detail::TaskExecutor::of_step(std::move(inner), task->shared_from_this());
  }
  return propagating(std::move(inner));
}

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE
