// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace weft::testing {

/// The `nth` allocation of this thread from here on (0: the next) finds no memory, once.
/// Link support/failing_new.cpp, which replaces the global operator new.
class FailAllocation {
 public:
  explicit FailAllocation(int nth) noexcept;
  FailAllocation(const FailAllocation&) = delete;
  FailAllocation& operator=(const FailAllocation&) = delete;
  ~FailAllocation();
};

void fail_next_allocation() noexcept;
void fail_no_allocation() noexcept;

}  // namespace weft::testing
