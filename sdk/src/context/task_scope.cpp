// SPDX-License-Identifier: Apache-2.0
#include <weft/detail/task_scope.hpp>

#include <string>
#include <utility>

#include <weft/detail/lent_context.hpp>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "platform/error_reporter.hpp"
#include "platform/thread_data.hpp"
#include "platform/type_name.hpp"

// Not inline in any case, link-time optimisation included: see TaskScope.
#define WEFT_OUT_OF_LINE [[gnu::noinline]]

namespace weft::inline v0 {

namespace detail {

namespace {

std::uintptr_t word_of(ContextState* state) noexcept {
  return reinterpret_cast<std::uintptr_t>(state);
}

[[gnu::noinline, gnu::cold]] void enter_new_thread(TaskScope& scope) noexcept {
  thread_data();  // for the next time: there the count is one load away
  scope.exceptions = std::uncaught_exceptions();
}

inline void enter_thread(TaskScope& scope) noexcept {
  scope.loop = nullptr;
  if (ThreadData* thread = this_thread_data) [[likely]] {
    scope.exceptions = thread->uncaught_exceptions.count();
    thread->offered_scope = nullptr;
    return;
  }
  enter_new_thread(scope);
}

// The scope's context was current already: its own thread's, or lent.
std::uintptr_t way_back(const TaskScope& scope) noexcept {
  const LentContext* lent = lent_here();
  return word_of(lent != nullptr ? lent->way_back() : scope.context);
}

[[gnu::noinline, gnu::cold]] void enter_lent(TaskScope& scope) noexcept {
  scope.outside = way_back(scope);
  enter_thread(scope);
}

}  // namespace

// Every suspension is one of each: no calls inside but at the end, and what is read is read once.
WEFT_OUT_OF_LINE void TaskScope::resume() noexcept {
  if (outside != kIsOut) [[unlikely]]
    return resume_as_guest();
  ContextState* const current = exchange_state_inline(*context);
  outside = word_of(current);
  if (current == context) [[unlikely]]
    return enter_lent(*this);
  enter_thread(*this);
}

void TaskScope::enter() noexcept {
  if (outside != kIsOut) return static_cast<void>(enter_as_guest());
  outside = word_of(exchange_state_inline(*context));
  enter_thread(*this);
}

WEFT_OUT_OF_LINE void TaskScope::leave() noexcept {
  if (!leave_inline()) leave_as_guest();
}

// False: it is no guest, but entered already.
[[gnu::cold]] WEFT_OUT_OF_LINE bool TaskScope::enter_as_guest() noexcept {
  if (is_entered()) return false;
  before = std::exchange(context->scope, this);
  outside = word_of(exchange_state_inline(*context)) | kIsGuest;
  enter_thread(*this);
  return true;
}

[[gnu::cold]] WEFT_OUT_OF_LINE void TaskScope::resume_as_guest() noexcept {
  if (!enter_as_guest() || (outside & ~kTags) != word_of(context)) return;
  outside = way_back(*this) | kIsGuest;
}

[[gnu::cold]] WEFT_OUT_OF_LINE void TaskScope::leave_as_guest() noexcept {
  if (!is_entered()) return;
  context->scope = before;
  const std::uintptr_t word = std::exchange(outside, kTags) & ~kTags;
  exchange_state_inline(reinterpret_cast<ContextState*>(word));
}

void TaskScope::start(std::coroutine_handle<> first) noexcept {
  enter();
  first.resume();
}

namespace {

void run(TransferLoop& loop) {
  while (loop.next != nullptr) std::exchange(loop.next, nullptr).resume();
}

}  // namespace

// A loop on this stack is the scope's while it runs. What it leaves behind nobody follows: `enter`
// clears it before anything else is resumed.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdangling-pointer"
#endif

bool TaskScope::run_child(std::coroutine_handle<> child, std::coroutine_handle<> awaiting,
                          bool awaits_in_task) noexcept {
  if (loop != nullptr && awaits_in_task) {
    loop->next = child;
    return true;
  }
  TransferLoop mine{child, awaiting.address(), loop};
  loop = &mine;
  run(mine);
  // Unless we may go on the task is elsewhere, or gone: this scope is not ours to look at.
  if (!mine.owner_may_go_on) return true;
  loop = mine.outer;
  return false;
}

std::coroutine_handle<> TaskScope::finish_child(std::coroutine_handle<> awaiting,
                                                bool awaits_in_task) noexcept {
  if (loop != nullptr && loop->owner == awaiting.address()) {
    loop->owner_may_go_on = true;
    return resume_nothing();
  }
  // A coroutine of another type may let an exception out, which no loop of ours must see.
  if (!awaits_in_task) return awaiting;
  if (loop != nullptr) {
    loop->next = awaiting;
    return resume_nothing();
  }
  TransferLoop mine{awaiting};
  loop = &mine;
  run(mine);
  return resume_nothing();
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

CopiedScope::CopiedScope(Sharing sharing) noexcept {
  ContextState& current = current_state();
  const LentContext* lent = sharing == Sharing::if_lent ? lent_here() : nullptr;
  if (lent != nullptr) {
    context = &current;
    outside = kTags;
  } else {
    copy_ = copy_context();
    context = &ContextAccess::state(copy_);
    context->scope = this;
  }
  if (current.scope != nullptr) stop = current.scope->stop;
}

void CopiedScope::drop() noexcept { copy_ = Context(); }

void offer_scope(TaskScope* scope, void* frame) noexcept {
  ThreadData* thread = thread_data();
  if (thread == nullptr) return;
  thread->offered_scope = scope;
  thread->offered_frame = frame;
}

TaskScope* take_offered_scope(void* frame) noexcept {
  ThreadData* thread = this_thread_data;
  if (thread == nullptr || thread->offered_scope == nullptr) return nullptr;
  if (thread->offered_frame != nullptr && thread->offered_frame != frame) return nullptr;
  return std::exchange(thread->offered_scope, nullptr);
}

namespace {

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return type_name(typeid(exception)) + ": " + exception.what();
  } catch (...) {
    return "it is no std::exception";
  }
}

}  // namespace

void report_escaped(std::exception_ptr error) noexcept {
  try {
    error_reporter().report(ErrorCode::user_callback,
                            "an exception left a spawned task: " + describe(error));
  } catch (const std::exception&) {  // no memory for the text
    error_reporter().report(ErrorCode::user_callback, {});
  }
}

std::coroutine_handle<> resume_nothing() noexcept { return std::noop_coroutine(); }

}  // namespace detail

std::stop_token current_stop_token() noexcept {
  const detail::TaskScope* scope = detail::current_state().scope;
  return scope != nullptr ? scope->stop : std::stop_token();
}

}  // namespace weft::inline v0
