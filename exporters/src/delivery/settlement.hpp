// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <weft/error.hpp>
#include <weft/version.hpp>

#include "delivery/parcel.hpp"

namespace weft::inline v0::delivery {

/// What was decided under the lock and is told after it: messages first, then completions, so that
/// who waits for a batch has heard why it failed.
class Settlement {
 public:
  void accept(const Parcel& parcel, std::size_t count) {
    parcel.batch->accepted += count;
    answered(parcel, count);
  }
  void give_up(const Parcel& parcel, std::size_t count, GiveUp reason) {
    parcel.batch->given_up[static_cast<std::size_t>(reason)] += count;
    answered(parcel, count);
  }
  /// Memory for one batch, so that no call for it throws.
  void expect_one() { complete_.reserve(1); }
  void report(ErrorCode code, std::string what) { errors_.push_back({code, std::move(what)}); }

  /// Without the lock. `outstanding` goes down after each completion.
  void tell(const std::function<void(const Error&)>& sink,
            std::atomic<std::size_t>& outstanding) noexcept;

 private:
  void answered(const Parcel& parcel, std::size_t count) {
    parcel.batch->left -= count;
    if (parcel.batch->left == 0) complete_.push_back(parcel.batch);
  }

  std::vector<std::shared_ptr<PendingBatch>> complete_;
  std::vector<Error> errors_;
};

}  // namespace weft::inline v0::delivery
