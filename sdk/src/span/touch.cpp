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

bool somebody_is_inside(const Record& record) noexcept {
  bool found = false;
  for_each_thread([&](const ThreadData& thread) {
    found = found || thread.touching.load(std::memory_order_acquire) == &record;
  });
  return found;
}

}  // namespace

void Touch::enter_as_foreigner(const RecordRef& ref) noexcept {
  const std::uint32_t seen = foreign_word(ref.generation, Foreign::seen);
  const std::uint32_t word = record_->foreign.load(std::memory_order_acquire);
  if (!is_current(ref)) {
    record_ = nullptr;
    return;
  }
  if (word != seen) {
    // The words of another span of this record differ in their generation: should it have gone on
    // to one meanwhile, they stay as they are.
    std::uint32_t expected = foreign_word(ref.generation, Foreign::none);
    const std::uint32_t raised = foreign_word(ref.generation, Foreign::raised);
    record_->foreign.compare_exchange_strong(expected, raised, std::memory_order_seq_cst);
    fence_all_threads();
    // From here on the owner is either inside, visibly, or will see the flag.
    wait_until([&] { return !somebody_is_inside(*record_); });
    // Only now may others rely on it and spare the fence.
    expected = raised;
    record_->foreign.compare_exchange_strong(expected, seen, std::memory_order_release,
                                             std::memory_order_relaxed);
  }
  enter_locked(ref);
}

void Touch::enter_locked(const RecordRef& ref) noexcept {
  wait_until([&] { return record_->lock.exchange(1, std::memory_order_acquire) == 0; });
  is_locked_ = true;
  thread_.touching.store(record_, std::memory_order_relaxed);
  light_fence();  // pairs with RecordPool::retire
  if (is_current(ref)) return;
  thread_.touching.store(nullptr, std::memory_order_release);
  record_->lock.store(0, std::memory_order_release);
  record_ = nullptr;
}

}  // namespace weft::inline v0::detail
