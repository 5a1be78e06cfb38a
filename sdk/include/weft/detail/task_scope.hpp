// SPDX-License-Identifier: Apache-2.0
#pragma once

// How coroutines keep their context. Not part of the public face: names here may change in any
// release.

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <stop_token>
#include <string_view>

#include <weft/context.hpp>
#include <weft/detail/context_state.hpp>
#include <weft/detail/current_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Lies on the stack of whoever resumes a task's coroutines one after the other, so that awaiting
/// takes no stack, also where the compiler has no tail calls.
struct TransferLoop {
  std::coroutine_handle<> next;
  void* owner = nullptr;  // the frame in whose await_suspend this loop is; null: in a final one
  TransferLoop* outer = nullptr;
  bool owner_may_go_on = false;
};

/// One logical task: the context it runs in, and while it runs what it took the place of. Shared by
/// all coroutines that await one another. One thread at a time.
/// What is inline here is for functions that are never inlined (enter_state_inline).
struct TaskScope {
  // Bits of `outside`, where the pointer's are zero: one comparison tells whether the short way is
  // open.
  static constexpr std::uintptr_t kIsOut = 1;    // does not run
  static constexpr std::uintptr_t kIsGuest = 2;  // in a context that other scopes enter meanwhile
  static constexpr std::uintptr_t kTags = kIsOut | kIsGuest;

  ContextState* context = nullptr;
  std::uintptr_t outside = kIsOut;  // the ContextState that was current before it was entered
  TransferLoop* loop = nullptr;     // of this run
  int exceptions = 0;               // in flight on this thread when it was entered
  TaskScope* before = nullptr;      // the scope of this context when a guest entered
  /// What follows the end of the outermost coroutine: gives what is to be resumed. The scope may be
  /// gone then.
  std::coroutine_handle<> (*done)(TaskScope&) noexcept = nullptr;
  std::stop_token stop;

  /// Makes the task's context current on this thread. No-op when it runs.
  WEFT_API void enter() noexcept;
  /// The same for a coroutine that goes on after a wait. Who resumes it may have been lent its very
  /// context (`in_context`): then the way back is that from before the lending.
  WEFT_API void resume() noexcept;
  /// Makes current what was before. Comes before the coroutine's handle may be seen by others.
  WEFT_API void leave() noexcept;
  /// The same where that is short; false: it is left to `leave`.
  bool leave_inline() noexcept {
    const std::uintptr_t word = outside;
    if ((word & kTags) != 0) [[unlikely]]
      return false;
    outside = kIsOut;
    enter_state_inline(reinterpret_cast<ContextState*>(word));
    return true;
  }
  /// Enters and resumes the outermost coroutine; the scope may be gone when it returns.
  WEFT_API void start(std::coroutine_handle<> first) noexcept;
  /// Resumes `child`, which `awaiting` waits for. False: it has finished, `awaiting` goes on.
  WEFT_API bool run_child(std::coroutine_handle<> child, std::coroutine_handle<> awaiting,
                          bool awaits_in_task) noexcept;
  /// From the final suspension of a child: what is to be resumed now.
  WEFT_API std::coroutine_handle<> finish_child(std::coroutine_handle<> awaiting,
                                                bool awaits_in_task) noexcept;
  bool is_entered() const noexcept { return (outside & kIsOut) == 0; }

 private:
  bool enter_as_guest() noexcept;
  void resume_as_guest() noexcept;
  void leave_as_guest() noexcept;
};

/// Whether a scope that is made for a coroutine that awaits without one may share what
/// `in_context` lent it.
enum class Sharing : bool { never, if_lent };

/// A task with a context of its own: a copy of the one current here.
class CopiedScope : public TaskScope {
 public:
  WEFT_API explicit CopiedScope(Sharing sharing = Sharing::never) noexcept;
  CopiedScope(const CopiedScope&) = delete;
  CopiedScope& operator=(const CopiedScope&) = delete;
  /// Lets the copy go: another scope is used instead.
  WEFT_API void drop() noexcept;

 private:
  Context copy_;
};

/// What a coroutine's promise knows of its task. Destroyed after the coroutine's locals: where the
/// coroutine is destroyed while suspended, they see their own context until then.
class TaskFrame {
 public:
  TaskFrame() noexcept = default;
  TaskFrame(const TaskFrame&) = delete;
  TaskFrame& operator=(const TaskFrame&) = delete;
  ~TaskFrame() {
    if (is_destroying_) scope_->leave();
  }

  TaskScope& scope() const noexcept { return *scope_; }
  void join(TaskScope& scope) noexcept { scope_ = &scope; }
  /// Called by the awaiter of a coroutine that is destroyed while it waits.
  void begin_destruction() noexcept {
    if (scope_->is_entered()) return;
    scope_->enter();
    is_destroying_ = true;
  }

 private:
  TaskScope* scope_ = nullptr;
  bool is_destroying_ = false;
};

/// While a coroutine type with a ContextPromise is awaited, its start may join the awaiting task.
/// `frame` null: whichever starts next on this thread.
WEFT_API void offer_scope(TaskScope* scope, void* frame) noexcept;
/// The scope that is offered to this frame, or null.
WEFT_API TaskScope* take_offered_scope(void* frame) noexcept;

/// Tells `on_error` about an exception that left a spawned task.
WEFT_API void report_escaped(std::exception_ptr error) noexcept;

/// Nothing to resume.
WEFT_API std::coroutine_handle<> resume_nothing() noexcept;

}  // namespace weft::inline v0::detail

namespace weft::inline v0 {

/// The token by which the running task is asked to stop: that of the nearest `when_any` around it;
/// one that never asks outside of any. Good anywhere in the task, plain functions included.
WEFT_API std::stop_token current_stop_token() noexcept;

}  // namespace weft::inline v0
