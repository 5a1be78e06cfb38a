// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace weft_test {

/// This thread's calls of operator new so far. Link counted_new.cpp, which replaces the global one.
std::size_t allocations() noexcept;

/// While it lives, this thread's allocations after the first `good` ones find no memory.
class NoMemoryAfter {
 public:
  explicit NoMemoryAfter(std::size_t good) noexcept;
  NoMemoryAfter(const NoMemoryAfter&) = delete;
  NoMemoryAfter& operator=(const NoMemoryAfter&) = delete;
  ~NoMemoryAfter();
};

}  // namespace weft_test
