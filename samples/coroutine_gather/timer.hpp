// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <map>
#include <mutex>
#include <thread>

/// A clock with a thread of its own, on which it resumes the coroutines that wait for it. It knows
/// nothing of weft.
class Timer {
 public:
  using Clock = std::chrono::steady_clock;

  Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  /// Everybody who still waits is resumed now.
  ~Timer();

  class Wait {
   public:
    Wait(Timer& timer, Clock::time_point until) : timer_(timer), until_(until) {}
    bool await_ready() const { return Clock::now() >= until_; }
    void await_suspend(std::coroutine_handle<> waiting) const { timer_.add(until_, waiting); }
    void await_resume() const {}

   private:
    Timer& timer_;
    Clock::time_point until_;
  };
  /// `co_await timer.after(3ms)` goes on on the timer's thread.
  Wait after(Clock::duration delay) { return {*this, Clock::now() + delay}; }

 private:
  void add(Clock::time_point until, std::coroutine_handle<> waiting);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Clock::time_point, std::coroutine_handle<>> waiting_;
  bool is_ending_ = false;
  std::thread thread_;
};
