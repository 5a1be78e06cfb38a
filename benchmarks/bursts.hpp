// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>
#include <sched.h>

#include <atomic>

/// A loop that ends nothing but spans outruns any worker, and then a part of its spans is dropped,
/// which costs less than to record them. So spans come in bursts that the default queue holds, and
/// between two of them the clock stands still until the worker has caught up.
namespace bursts {

inline constexpr int kSpans = 1024;  // of all threads; the queue holds 2048

/// All threads of a benchmark: each waits for the others, the last one to come runs `settle`.
class Meeting {
 public:
  template <class Settle>
  void wait(int threads, Settle settle) {
    const int before = held_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
      settle();
      arrived_.store(0, std::memory_order_relaxed);
      held_.store(before + 1, std::memory_order_release);
      return;
    }
    // Awake, so that the next burst begins on all threads at once; the worker may have the CPU.
    while (held_.load(std::memory_order_acquire) == before) sched_yield();
  }

 private:
  std::atomic<int> arrived_{0};
  std::atomic<int> held_{0};
};

/// Runs `work` for every iteration; `settle` returns when all that was ended has been exported.
template <class Work, class Settle>
void run(benchmark::State& state, Work work, Settle settle) {
  static Meeting meeting;
  const int burst = kSpans / state.threads();
  int left = burst;
  for (auto _ : state) {
    work();
    if (--left != 0) continue;
    state.PauseTiming();
    meeting.wait(state.threads(), settle);
    left = burst;
    state.ResumeTiming();
  }
}

}  // namespace bursts
