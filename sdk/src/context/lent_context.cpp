// SPDX-License-Identifier: Apache-2.0
#include <weft/detail/lent_context.hpp>

#include <exception>
#include <utility>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/profiler_view.hpp"
#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

namespace {

/// The context is no longer this thread's to look at, and what is current there not its span. Who
/// waits for the coroutine blocks next, or gives the thread back.
void leave_unread(ContextState* state) noexcept {
  publish_span(nullptr);
  current_context.entered = state;
}

}  // namespace

LentContext::LentContext(ContextState& context, std::shared_ptr<Context> owner,
                         const ContextBridge* starting) noexcept
    : context_(&context),
      owner_(std::move(owner)),
      starting_(starting),
      before_(exchange_state(&context)) {
  if (ThreadData* thread = thread_data()) outer_ = std::exchange(thread->lent_context, this);
}

LentContext::~LentContext() {
  if (is_forgotten_) {
    leave_unread(before_);
  } else {
    exchange_state(before_);
  }
  if (ThreadData* thread = thread_data()) thread->lent_context = outer_;
}

bool LentContext::goes_back_to(const ContextState& context) const noexcept {
  return (before_ != nullptr ? before_ : &current_context.base) == &context;
}

void LentContext::forget() noexcept {
  for (LentContext* lent = this; lent != nullptr; lent = lent->outer_) {
    if (!lent->goes_back_to(*context_)) continue;
    const LentContext* first = lent->outer_;
    while (first != nullptr && (first->context_ != context_ || first->goes_back_to(*context_))) {
      first = first->outer_;
    }
    if (first != nullptr) {
      lent->before_ = first->before_;
    } else {
      lent->is_forgotten_ = true;  // the context is that of sync_wait's caller
    }
  }
}

LentContext* lent_here() noexcept {
  const ThreadData* thread = this_thread_data;
  LentContext* lent = thread != nullptr ? thread->lent_context : nullptr;
  return lent != nullptr && &lent->context() == &current_state() ? lent : nullptr;
}

/// Destroys itself at its end; before its start it is the ContextBridge's. Where an exception
/// leaves the coroutine that it resumes, its own frame stays behind.
struct ContextBridge::Coroutine {
  struct promise_type {
    Coroutine get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { throw; }
  };
  std::coroutine_handle<> handle;
};

ContextBridge::Coroutine ContextBridge::make(ContextBridge& bridge) {
  bridge.bridge_ = nullptr;  // from here on it belongs to itself
  if (bridge.was_started_here()) co_return;
  const std::coroutine_handle<> awaiting = bridge.awaiting_;
  LentContext lent(*bridge.context_, bridge.owner_);
  lent.forget();
  awaiting.resume();
}

// Then whoever starts the awaitable goes on with the coroutine, on a stack that does not grow.
bool ContextBridge::was_started_here() const noexcept {
  const ThreadData* thread = this_thread_data;
  for (LentContext* lent = thread != nullptr ? thread->lent_context : nullptr; lent != nullptr;
       lent = lent->outer_) {
    if (lent->starting_ == this) {
      lent->is_finished_ = true;
      return true;
    }
  }
  return false;
}

std::coroutine_handle<> ContextBridge::prepare(std::coroutine_handle<> awaiting) {
  if (context_ == nullptr) {
    if (const LentContext* lent = lent_here()) {
      context_ = &lent->context();
      owner_ = lent->owner();
    } else {
      owner_ = std::make_shared<Context>(copy_context());
      context_ = &ContextAccess::state(*owner_);
      is_fresh_ = true;
    }
  }
  awaiting_ = awaiting;
  bridge_ = make(*this).handle;
  return bridge_;
}

bool ContextBridge::complete_at_once() noexcept {
  if (!is_fresh_) return false;
  const std::coroutine_handle<> awaiting = awaiting_;
  const LentContext lent(*context_, owner_);
  awaiting.resume();
  return true;
}

}  // namespace weft::inline v0::detail
