// SPDX-License-Identifier: Apache-2.0
#include "delivery/settlement.hpp"

namespace weft::inline v0::delivery {

void Settlement::tell(const std::function<void(const Error&)>& sink,
                      std::atomic<std::size_t>& outstanding) noexcept {
  for (const Error& error : errors_) {
    if (sink) sink(error);
  }
  for (const auto& batch : complete_) {
    batch->completion(batch->outcome());
    outstanding.fetch_sub(1, std::memory_order_release);
  }
  errors_.clear();
  complete_.clear();
}

}  // namespace weft::inline v0::delivery
