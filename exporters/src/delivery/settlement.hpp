// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <weft/error.hpp>
#include <weft/version.hpp>

#include "delivery/parcel.hpp"

namespace weft::inline v0::delivery {

/// Says it if it can.
void tell_error(const std::function<void(const Error&)>& sink, const Error& error) noexcept;

/// What was decided under the lock and is told after it: messages first, then completions, so that
/// who waits for a batch has heard why it failed. Without memory it says nothing and loses nothing.
class Settlement {
 public:
  void accept(const Parcel& parcel, std::size_t count) noexcept {
    parcel.batch->accepted += count;
    answered(parcel, count);
  }
  void give_up(const Parcel& parcel, std::size_t count, GiveUp reason) noexcept {
    parcel.batch->given_up[static_cast<std::size_t>(reason)] += count;
    answered(parcel, count);
  }
  /// `what()` is the text.
  template <class What>
  void report(ErrorCode code, What&& what) noexcept {
    try {
      errors_.push_back({code, what()});
    } catch (const std::exception&) {
      // No memory for a message.
    }
  }

  /// Without the lock. `outstanding` goes down after each completion.
  void tell(const std::function<void(const Error&)>& sink,
            std::atomic<std::size_t>& outstanding) noexcept;

 private:
  void answered(const Parcel& parcel, std::size_t count) noexcept {
    parcel.batch->left -= count;
    if (parcel.batch->left != 0) return;
    (last_ != nullptr ? last_->next_answered : first_) = parcel.batch;
    last_ = parcel.batch.get();
  }

  std::shared_ptr<PendingBatch> first_;  // of those that are answered for
  PendingBatch* last_ = nullptr;
  std::vector<Error> errors_;
};

}  // namespace weft::inline v0::delivery
