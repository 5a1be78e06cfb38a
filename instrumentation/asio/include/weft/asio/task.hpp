// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

#include <weft/asio/library.hpp>
#include <weft/asio/progress.hpp>
#include <weft/detail/context_state.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// A logical task made of asio coroutines: a context of its own, a copy of the one current where it
/// was made. It lives as long as somebody may still run a step of it.
class Task : public weft::detail::CopiedScope, public std::enable_shared_from_this<Task> {
 public:
  Task() noexcept {
    stop = {};    // asio has its own way of asking
    outside = 0;  // entered: there is nothing to enter for what runs in one of its steps
    done = &Task::mark;
  }
  virtual ~Task() = default;

  /// A step of it runs on this thread.
  bool is_current() const noexcept { return &weft::detail::current_state() == context; }
  /// Its coroutine has begun, and runs: what is done now is not done by asio on its behalf.
  virtual bool is_running() const = 0;
  /// Between the first line of its coroutine and the last.
  bool has_begun() const noexcept { return has_begun_; }
  virtual void moved_to(const void* executor) noexcept = 0;

  /// The task whose step runs on this thread, or null.
  static Task* current() noexcept {
    weft::detail::TaskScope* scope = weft::detail::current_state().scope;
    return scope != nullptr && scope->done == &Task::mark ? static_cast<Task*>(scope) : nullptr;
  }

 protected:
  bool has_begun_ = false;

 private:
  static std::coroutine_handle<> mark(weft::detail::TaskScope&) noexcept {
    return weft::detail::resume_nothing();
  }
};

template <class Executor>
class TaskOf : public Task {
 public:
  template <class Target>
  void begin(FrameBase<Executor>* frame) {
    progress_.template begin<Target>(frame);
    has_begun_ = true;
  }
  void end() noexcept {
    has_begun_ = false;
    progress_.end();
  }
  bool is_running() const override { return progress_.is_running(); }
  void moved_to(const void* executor) noexcept override { progress_.moved_to(executor); }

 private:
  Progress<Executor> progress_;
};

/// While it lives, the task's context is current on this thread. Its end touches the thread alone:
/// the coroutine may run elsewhere by then, or be gone.
class Step {
 public:
  explicit Step(std::shared_ptr<Task> task) noexcept
      : task_(std::move(task)), before_(weft::detail::exchange_state(task_->context)) {
    task_->exceptions = std::uncaught_exceptions();
    weft::detail::offer_scope(nullptr, nullptr);
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  ~Step() { weft::detail::exchange_state(before_); }

 private:
  std::shared_ptr<Task> task_;
  weft::detail::ContextState* before_;
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail
