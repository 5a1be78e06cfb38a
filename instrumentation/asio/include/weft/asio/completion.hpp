// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <weft/asio/library.hpp>
#include <weft/asio/task_executor.hpp>
#include <weft/context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// The executor of somebody's task, in whatever that somebody keeps it; else null.
template <class Executor>
const TaskExecutor* task_executor_of(const Executor& executor) noexcept {
  if constexpr (std::same_as<Executor, TaskExecutor>) {
    return &executor;
  } else if constexpr (requires { executor.template target<TaskExecutor>(); }) {
    return executor.target_type() == typeid(TaskExecutor) ? executor.template target<TaskExecutor>()
                                                          : nullptr;
  } else {
    return nullptr;
  }
}

/// The handler of a `co_spawn`, called in a copy of the context current there. One that resumes a
/// task's own coroutine finds that task's context by its executor.
template <class Handler>
class Completion {
  using Associated = net::associated_executor<Handler, net::any_io_executor>;
  using AssociatedAllocator = net::associated_allocator<Handler>;

 public:
  using executor_type = typename Associated::type;
  using allocator_type = typename AssociatedAllocator::type;

  Completion(Handler&& handler, const net::any_io_executor& fallback)
      : handler_(std::move(handler)), executor_(Associated::get(handler_, fallback)) {
    const TaskExecutor* task = task_executor_of(executor_);
    has_context_ = task == nullptr || task->is_other();
    if (has_context_) context_ = copy_context();
  }

  executor_type get_executor() const noexcept { return executor_; }
  allocator_type get_allocator() const noexcept { return AssociatedAllocator::get(handler_); }
#if WEFT_ASIO_VERSION >= 101900
  using cancellation_slot_type = typename net::associated_cancellation_slot<Handler>::type;
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return net::associated_cancellation_slot<Handler>::get(handler_);
  }
#endif

  template <class... Args>
  void operator()(Args&&... args) {
    if (has_context_) {
      context_.run([&] { std::move(handler_)(std::forward<Args>(args)...); });
    } else {
      std::move(handler_)(std::forward<Args>(args)...);
    }
  }

 private:
  Handler handler_;
  executor_type executor_;
  bool has_context_ = false;
  Context context_;
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail
