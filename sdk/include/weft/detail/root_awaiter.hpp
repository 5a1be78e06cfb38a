// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include <weft/detail/started_task.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// A task awaited by a coroutine that has no scope: the task is the outermost of its own.
template <class T>
class RootAwaiter {
 public:
  RootAwaiter(Task<T>&& its_task) noexcept : task_(std::move(its_task)) {}
  RootAwaiter(const RootAwaiter&) = delete;
  RootAwaiter& operator=(const RootAwaiter&) = delete;

  bool await_ready() const {
    task_.check();
    return false;
  }
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> handle) noexcept {
    Root& root = root_.emplace(handle);  // here: `in_context` may have lent a context by now
    task_.promise().join(root);
    root.enter();
    return root.run_child(task_.handle(), handle, false);
  }
  T await_resume() { return task_.take(); }

 private:
  struct Root : CopiedScope {
    explicit Root(std::coroutine_handle<> its_awaiting) noexcept
        : CopiedScope(Sharing::if_lent), awaiting(its_awaiting) {
      done = [](TaskScope& its_scope) noexcept {
        return its_scope.finish_child(static_cast<Root&>(its_scope).awaiting, false);
      };
    }
    std::coroutine_handle<> awaiting;
  };
  std::optional<Root> root_;
  StartedTask<T> task_;
};

}  // namespace weft::inline v0::detail
