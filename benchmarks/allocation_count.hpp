// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Counts calls of `operator new` in a benchmark's program, by every thread.
///
/// A program gets it by compiling allocation_count.cpp, which replaces the global operators. A call
/// costs two plain accesses to a cache line of the calling thread's own, so that counting does not
/// change what is measured. Memory taken by `malloc` directly is not counted.
namespace allocation_count {

/// Calls since the program began, of all threads. Any thread may ask; exact once the threads that
/// are asked about have been waited for.
[[nodiscard]] std::uint64_t total() noexcept;

/// Calls since the program began, of the calling thread. Exact in the first 512 threads, which is
/// as many as have a counter of their own.
[[nodiscard]] std::uint64_t of_this_thread() noexcept;

/// Allocations between its making and `per`, divided by the number of things done meanwhile.
class Since {
 public:
  [[nodiscard]] double per(std::uint64_t things) const noexcept {
    return things == 0 ? 0.0 : static_cast<double>(total() - begin_) / static_cast<double>(things);
  }

 private:
  std::uint64_t begin_ = total();
};

}  // namespace allocation_count
