// SPDX-License-Identifier: Apache-2.0
#include "platform/asymmetric_fence.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
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
TEST(AsymmetricFence, TheTwoSidesNeverMissEachOther) {
  ASSERT_TRUE(fence_all_threads_available());
  constexpr int kRounds = 20000;
  std::atomic<int> round{0};
  std::atomic<int> mine{0};
  std::atomic<int> theirs{0};
  std::atomic<int> seen_by_light{0};
  std::atomic<int> light_done{0};
  std::thread light([&] {
    for (int i = 1; i <= kRounds; ++i) {
      while (round.load(std::memory_order_acquire) != i) {
      }
      mine.store(i, std::memory_order_relaxed);
      light_fence();
      seen_by_light.store(theirs.load(std::memory_order_relaxed), std::memory_order_relaxed);
      light_done.store(i, std::memory_order_release);
    }
  });
  int missed = 0;
  for (int i = 1; i <= kRounds; ++i) {
    round.store(i, std::memory_order_release);
    theirs.store(i, std::memory_order_relaxed);
    fence_all_threads();
    const int seen = mine.load(std::memory_order_relaxed);
    while (light_done.load(std::memory_order_acquire) != i) {
    }
    if (seen != i && seen_by_light.load(std::memory_order_relaxed) != i) ++missed;
  }
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
