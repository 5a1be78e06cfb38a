// SPDX-License-Identifier: Apache-2.0
#include "platform/asymmetric_fence.hpp"

#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace weft::inline v0::detail {

constinit std::atomic<FenceSupport> fence_support{FenceSupport::unknown};

namespace {

bool membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0, 0) == 0; }

// Taking the right to write from a page that is in use makes the kernel interrupt the CPUs that run
// this process, and an interrupt drains the store buffer. Not every CPU needs interrupts for that
// (some are told by broadcast), hence the pause: a store is visible after microseconds at most.
void interrupt_other_cpus() noexcept {
  constexpr std::size_t kPage = 4096;
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) {
    *static_cast<volatile char*>(page) = 1;
    mprotect(page, kPage, PROT_READ);
    munmap(page, kPage);
  }
  const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
  nanosleep(&pause, nullptr);
}

}  // namespace

bool register_fence() noexcept {
  const int error = errno;
  const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  errno = error;
  fence_support.store(registered ? FenceSupport::available : FenceSupport::refused,
                      std::memory_order_relaxed);
  return registered;
}

void fence_all_threads() noexcept {
  const int error = errno;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  // The registration belongs to the address space: one that does not have it yet gets it here.
  const bool fenced = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
                      (register_fence() && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
  if (!fenced) {
    fence_support.store(FenceSupport::refused, std::memory_order_relaxed);
    interrupt_other_cpus();
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  errno = error;
}

}  // namespace weft::inline v0::detail
