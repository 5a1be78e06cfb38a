// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <weft/asio/library.hpp>
#include <weft/asio/task.hpp>
#include <weft/context.hpp>
#include <weft/executor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// What an executor is given to run in a task; dropped unrun, it goes in the task's context too:
/// that is how asio destroys a coroutine.
template <class F>
class StepFunction {
 public:
  StepFunction(std::shared_ptr<Task> task, F&& function)
      : task_(std::move(task)), f_(std::move(function)) {}
  StepFunction(StepFunction&& other) noexcept
      : task_(std::move(other.task_)), f_(std::move(other.f_)) {
    other.f_.reset();
  }
  StepFunction& operator=(StepFunction&&) = delete;
  ~StepFunction() {
    if (!f_) return;
    const Step step(std::move(task_));
    f_.reset();
  }
  void operator()() {
    const Step step(task_);
    F function = std::move(*f_);
    f_.reset();
    function();
  }

 private:
  std::shared_ptr<Task> task_;
  std::optional<F> f_;
};

/// The executor of a task's coroutine. Asio copies it for each operation that the coroutine waits
/// for: such a copy runs steps of the task. A copy that the coroutine made itself, by
/// `co_await this_coro::executor`, is for whatever it likes: that runs in a copy of the context,
/// as with `weft::propagating`.
/// Two words, so that any_io_executor keeps it in place and its copies are seen.
class TaskExecutor {
 public:
  TaskExecutor(net::any_io_executor inner, std::shared_ptr<Task> task)
      : core_(new Core{std::move(inner), std::move(task)}) {}
  /// Runs steps of a task that has begun.
  static TaskExecutor of_step(net::any_io_executor inner, std::shared_ptr<Task> task) {
    TaskExecutor made(std::move(inner), std::move(task));
    made.use_ = Use::step;
    return made;
  }
  TaskExecutor(const TaskExecutor& other) noexcept : core_(other.core_), use_(other.use_here()) {
    core_->references.fetch_add(1, std::memory_order_relaxed);
  }
  TaskExecutor(TaskExecutor&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), use_(other.use_) {
    if (use_ == Use::coroutine && core_->task->has_begun()) core_->task->moved_to(this);
  }
  TaskExecutor& operator=(const TaskExecutor&) = delete;
  ~TaskExecutor() {
    if (core_ != nullptr && core_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete core_;
    }
  }

  const net::any_io_executor& inner() const noexcept { return core_->inner; }
  bool runs_steps() const noexcept { return use_here() != Use::other; }
  /// A copy of it is seen as one.
  bool is_other() const noexcept { return use_ == Use::other; }
  void be_step() noexcept { use_ = Use::step; }

  template <class F>
  void execute(F function) const {
    if (runs_steps()) {
      core_->inner.execute(StepFunction<F>(core_->task, std::move(function)));
    } else {
      core_->inner.execute(
          BoundFunction<F>(core_->is_initiated ? core_->initiation : copy_context(), std::in_place,
                           std::move(function)));
    }
  }

  net::execution_context& query(net::execution::context_t) const noexcept {
    return net::query(core_->inner, net::execution::context_as_t<net::execution_context&>());
  }
  TaskExecutor require(net::execution::blocking_t::never_t property) const {
    return with(property);
  }
  TaskExecutor require(net::execution::blocking_t::possibly_t property) const {
    return with(property);
  }
  TaskExecutor require(net::execution::relationship_t::fork_t property) const {
    return with(property);
  }
  TaskExecutor require(net::execution::relationship_t::continuation_t property) const {
    return with(property);
  }
  TaskExecutor require(net::execution::outstanding_work_t::untracked_t property) const {
    return with(property);
  }
  /// Asked for where an operation is initiated: its handler's context is the one current now.
  TaskExecutor require(net::execution::outstanding_work_t::tracked_t property) const {
    TaskExecutor made = with(property);
    if (made.is_other() && !made.core_->is_initiated) {
      made.core_->initiation = copy_context();
      made.core_->is_initiated = true;
    }
    return made;
  }

  friend bool operator==(const TaskExecutor& a, const TaskExecutor& b) noexcept {
    return a.core_->task == b.core_->task && a.core_->inner == b.core_->inner;
  }
  friend bool operator!=(const TaskExecutor& a, const TaskExecutor& b) noexcept {
    return !(a == b);
  }

 private:
  enum class Use : std::uint8_t { coroutine, step, other };
  struct Core {
    net::any_io_executor inner;
    std::shared_ptr<Task> task;
    bool is_initiated = false;
    Context initiation{};
    std::atomic<std::size_t> references{1};
  };

  /// What a copy made here is for.
  Use use_here() const noexcept {
    if (use_ != Use::coroutine || !core_->task->has_begun()) return use_;
    const Task& task = *core_->task;
    return task.is_current() && task.is_running() ? Use::other : Use::step;
  }
  template <class Property>
  TaskExecutor with(Property property) const {
    TaskExecutor made(net::prefer(core_->inner, property), core_->task);
    made.use_ = use_here();
    made.core_->is_initiated = core_->is_initiated;
    if (core_->is_initiated) made.core_->initiation = core_->initiation;
    return made;
  }

  Core* core_;
  Use use_ = Use::coroutine;
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail
