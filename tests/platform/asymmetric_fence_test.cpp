// SPDX-License-Identifier: Apache-2.0
#include "platform/asymmetric_fence.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>

#include "platform/child_process.hpp"

namespace {

using weft::detail::fence_all_threads;
using weft::detail::fence_all_threads_available;
using weft::detail::light_fence;
using weft::testing::exit_code_of_child;

bool kernel_has_membarrier() {
  const long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
  return commands > 0 && (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0;
}

// Every membarrier call fails from here on, as in a browser's or a container's sandbox.
bool refuse_membarrier() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = 4, .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Spins alone: the two sides must run at once.
void wait_for(const std::atomic<int>& round, int wanted) {
  while (round.load(std::memory_order_acquire) != wanted) {
  }
}

// The `which`th of the CPUs that this process may use, where there are so many.
void stay_on_cpu(int which) {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) <= which) return;
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &all) && which-- == 0) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof one, &one);
    }
  }
}

// A few nanoseconds a step: each waits for the one before to have reached memory.
void pause_for(int steps) {
  std::atomic<int> left{steps};
  while (left.load(std::memory_order_relaxed) > 0) {
    left.store(left.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  }
}

TEST(AsymmetricFence, IsAvailableWhereTheKernelHasMembarrier) {
  EXPECT_EQ(fence_all_threads_available(), kernel_has_membarrier());
}

TEST(AsymmetricFence, LeavesErrnoAlone) {
  errno = 42;
  fence_all_threads_available();
  fence_all_threads();
  EXPECT_EQ(errno, 42);
}

// Each side stores its own and reads the other's; with the fences one of them sees the other.
// Without `fence_all_threads` an optimised build finds misses, where there are two CPUs.
TEST(AsymmetricFence, TheTwoSidesNeverMissEachOther) {
  ASSERT_TRUE(fence_all_threads_available());
  constexpr int kLast = -1;
  // On cache lines of their own: a store then waits for its line while the read goes ahead.
  alignas(128) std::atomic<int> round{0};
  alignas(128) std::atomic<int> mine{0};
  alignas(128) std::atomic<int> theirs{0};
  alignas(128) std::atomic<int> light_done{0};
  std::atomic<int> seen_by_light{0};
  std::thread light([&] {
    stay_on_cpu(1);
    for (int i = 1;; ++i) {
      int now = 0;
      while ((now = round.load(std::memory_order_acquire)) != i && now != kLast) {
      }
      if (now == kLast) return;
      mine.store(i, std::memory_order_relaxed);
      light_fence();
      seen_by_light.store(theirs.load(std::memory_order_relaxed), std::memory_order_relaxed);
      light_done.store(i, std::memory_order_release);
    }
  });
  stay_on_cpu(0);
  int missed = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (int i = 1; i <= 20000 && std::chrono::steady_clock::now() < end; ++i) {
    round.store(i, std::memory_order_release);
    pause_for(i % 50);  // until about when the other has seen it
    theirs.store(i, std::memory_order_relaxed);
    fence_all_threads();
    const int seen = mine.load(std::memory_order_relaxed);
    wait_for(light_done, i);
    if (seen != i && seen_by_light.load(std::memory_order_relaxed) != i) ++missed;
  }
  round.store(kLast, std::memory_order_release);
  light.join();
  EXPECT_EQ(missed, 0);
}

TEST(AsymmetricFence, WorksInAForkedChild) {
  ASSERT_TRUE(fence_all_threads_available());
  EXPECT_EQ(exit_code_of_child([] {
              fence_all_threads();
              return fence_all_threads_available();
            }),
            0);
}

TEST(AsymmetricFence, IsNotAvailableInASandboxThatRefusesIt) {
  EXPECT_EQ(exit_code_of_child([] {
              weft::detail::fence_support.store(weft::detail::FenceSupport::unknown);
              return refuse_membarrier() && !fence_all_threads_available();
            }),
            0);
}

TEST(AsymmetricFence, GivesUpWhenASandboxClosesLater) {
  EXPECT_EQ(exit_code_of_child([] {
              if (!fence_all_threads_available() || !refuse_membarrier()) return false;
              fence_all_threads();
              return !fence_all_threads_available();
            }),
            0);
}

}  // namespace
