// SPDX-License-Identifier: Apache-2.0
#include "delivery/settlement.hpp"

namespace weft::inline v0::delivery {

void tell_error(const std::function<void(const Error&)>& sink, const Error& error) noexcept {
  try {
    if (sink) sink(error);
  } catch (const std::exception&) {
    // No memory for a message.
  }
}

void Settlement::tell(const std::function<void(const Error&)>& sink,
                      std::atomic<std::size_t>& outstanding) noexcept {
  for (const Error& error : errors_) tell_error(sink, error);
  errors_.clear();
  last_ = nullptr;
  while (first_ != nullptr) {
    const std::shared_ptr<PendingBatch> batch = std::move(first_);
    first_ = std::move(batch->next_answered);
    batch->completion(batch->outcome());
    outstanding.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace weft::inline v0::delivery
