// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace storefront {

/// A plain thread pool that knows nothing of tracing: whoever wants the current span and variables
/// in a task says `weft::bind`.
class WorkPool {
 public:
  explicit WorkPool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  }

  /// Runs `task` on some thread; the future holds what it returns or throws.
  template <class Task>
  auto submit(Task task) -> std::future<std::invoke_result_t<Task&>> {
    using Result = std::invoke_result_t<Task&>;
    auto job = std::make_shared<std::packaged_task<Result()>>(std::move(task));
    auto future = job->get_future();
    {
      const std::lock_guard lock(mutex_);
      jobs_.emplace_back([job] { (*job)(); });
    }
    ready_.notify_one();
    return future;
  }

 private:
  void work(const std::stop_token& stop) {
    while (true) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        if (!ready_.wait(lock, stop, [this] { return !jobs_.empty(); })) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::jthread> threads_;  // last: its threads end before what they use
};

}  // namespace storefront
