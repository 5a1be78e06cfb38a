// SPDX-License-Identifier: Apache-2.0
#include "timer.hpp"

Timer::Timer() : thread_([this] { run(); }) {}

Timer::~Timer() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Timer::add(Clock::time_point until, std::coroutine_handle<> waiting) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(until, waiting);
  }
  changed_.notify_one();
}

void Timer::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_ || !waiting_.empty()) {
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else if (const auto next = waiting_.begin(); next->first > Clock::now() && !is_ending_) {
      changed_.wait_until(lock, next->first);
    } else {
      const std::coroutine_handle<> due = next->second;
      waiting_.erase(next);
      lock.unlock();
      due.resume();
      lock.lock();
    }
  }
}
