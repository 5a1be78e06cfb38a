// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include <weft/version.hpp>

// A fence with a cheap side and a dear one. A thread that often does "store mine, light_fence, read
// theirs" and one that seldom does "store theirs, fence_all_threads, read mine" cannot both miss
// the other's store, and the first pays nothing for it.

namespace weft::inline v0::detail {

enum class FenceSupport : std::uint8_t { unknown, available, refused };
extern constinit std::atomic<FenceSupport> fence_support;
bool register_fence() noexcept;

/// Whether `fence_all_threads` is a fence on every thread of this process. The first call registers
/// the process with the kernel (milliseconds when many threads run, so call it in set-up); the
/// others are one load. Where the kernel refuses, use a lock instead. Any thread; a forked child
/// inherits the answer.
inline bool fence_all_threads_available() noexcept {
  // Relaxed: the answer does not change once it is known, and guards no other data.
  const FenceSupport known = fence_support.load(std::memory_order_relaxed);
  if (known == FenceSupport::unknown) [[unlikely]]
    return register_fence();
  return known == FenceSupport::available;
}

/// Every running thread of the process passes a full memory fence before this returns. A system
/// call of microseconds: for slow paths alone. Where the kernel refuses (now, or since a sandbox
/// closed around the process) it does what comes nearest, which takes about a millisecond.
void fence_all_threads() noexcept;

/// The cheap side: keeps the compiler from reordering, the CPU is `fence_all_threads`'s concern.
inline void light_fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace weft::inline v0::detail
