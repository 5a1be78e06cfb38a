// SPDX-License-Identifier: Apache-2.0
#include "span/touch.hpp"

#include <sched.h>

namespace weft::inline v0::detail {

namespace {

// What is waited for lasts some ten nanoseconds, unless its thread was preempted.
template <class Done>
void wait_until(Done&& done) noexcept {
  for (unsigned spins = 0; !done(); ++spins) {
    if (spins > 100) sched_yield();
  }
}

}  // namespace

void Touch::enter_as_foreigner(const RecordRef& ref) noexcept {
  if (!is_current(ref)) {
    record_ = nullptr;
    return;
  }
  // A flag raised on a record that was leased again meanwhile only sends its owner to the lock.
  if (record_->foreign.load(std::memory_order_acquire) != kForeignSeen) {
    record_->foreign.store(kForeignRaised, std::memory_order_seq_cst);
    fence_all_threads();
    // Only now may others rely on it: the owner is either inside, visibly, or will see the flag.
    record_->foreign.store(kForeignSeen, std::memory_order_release);
  }
  wait_until([&] { return record_->busy.load(std::memory_order_acquire) == 0; });
  enter_locked(ref);
}

void Touch::enter_locked(const RecordRef& ref) noexcept {
  wait_until([&] { return record_->lock.exchange(1, std::memory_order_acquire) == 0; });
  is_locked_ = true;
  if (is_current(ref)) return;
  record_->lock.store(0, std::memory_order_release);
  record_ = nullptr;
}

}  // namespace weft::inline v0::detail
