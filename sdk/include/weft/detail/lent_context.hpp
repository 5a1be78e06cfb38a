// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <memory>
#include <utility>

#include <weft/context.hpp>
#include <weft/detail/context_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

class ContextBridge;

/// While it lives, a coroutine's context is current on this thread, lent to code that knows nothing
/// of it. Its end touches the thread alone: the coroutine may run elsewhere by then.
class LentContext {
 public:
  /// `owner` keeps `context` alive; null where who lends waits for us.
  WEFT_API LentContext(ContextState& context, std::shared_ptr<Context> owner,
                       const ContextBridge* starting = nullptr) noexcept;
  LentContext(const LentContext&) = delete;
  LentContext& operator=(const LentContext&) = delete;
  WEFT_API ~LentContext();

  ContextState& context() const noexcept { return *context_; }
  const std::shared_ptr<Context>& owner() const noexcept { return owner_; }
  /// What is current again when it ends.
  ContextState* way_back() const noexcept { return before_; }
  /// What was being started here has completed already.
  bool is_finished() const noexcept { return is_finished_; }
  /// From here on the coroutine whose context this is may run on another thread, or be destroyed:
  /// this thread's way back leads to what was current before any lending of that context here, and
  /// does not look into it.
  WEFT_API void forget() noexcept;

 private:
  friend class ContextBridge;
  bool goes_back_to(const ContextState& context) const noexcept;

  ContextState* context_;
  std::shared_ptr<Context> owner_;
  const ContextBridge* starting_;
  bool is_finished_ = false;
  bool is_forgotten_ = false;
  ContextState* before_;
  LentContext* outer_ = nullptr;
};

/// What is lent on this thread, if that is the current context; else null.
WEFT_API LentContext* lent_here() noexcept;

/// Between an awaitable and the coroutine that awaits it: the awaitable resumes the bridge, and the
/// bridge resumes the coroutine in its context, for as long as it runs.
class ContextBridge {
 public:
  ContextBridge() noexcept = default;
  ContextBridge(ContextBridge&& other) noexcept : context_(other.context_) {}
  ContextBridge& operator=(ContextBridge&&) = delete;
  ~ContextBridge() { cancel(); }

  /// The context current here outlives the await.
  void share_current() noexcept { context_ = &current_state(); }
  /// What the awaitable is given in the place of `awaiting`. Throws std::bad_alloc.
  WEFT_API std::coroutine_handle<> prepare(std::coroutine_handle<> awaiting);
  /// The awaitable did not wait.
  void cancel() noexcept {
    if (bridge_ != nullptr) std::exchange(bridge_, nullptr).destroy();
  }
  ContextState& context() const noexcept { return *context_; }
  const std::shared_ptr<Context>& owner() const noexcept { return owner_; }
  /// Where the awaitable has completed during its start: what await_suspend returns. A coroutine
  /// that has a copy of its own from here on goes on in it.
  WEFT_API bool complete_at_once() noexcept;

 private:
  struct Coroutine;
  static Coroutine make(ContextBridge& bridge);
  bool was_started_here() const noexcept;

  ContextState* context_ = nullptr;
  std::shared_ptr<Context> owner_;  // a copy made here or before: kept while it is in use
  bool is_fresh_ = false;
  std::coroutine_handle<> awaiting_;
  std::coroutine_handle<> bridge_;
};

}  // namespace weft::inline v0::detail
