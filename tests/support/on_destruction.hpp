// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

namespace weft::testing {

/// Calls a function when it is destroyed: for values whose destructors call back into the library.
class OnDestruction {
 public:
  OnDestruction() noexcept = default;
  explicit OnDestruction(std::function<void()> f) : f_(std::move(f)) {}
  OnDestruction(OnDestruction&& other) noexcept : f_(std::exchange(other.f_, nullptr)) {}
  OnDestruction& operator=(OnDestruction&&) = delete;
  ~OnDestruction() {
    if (f_) f_();
  }

 private:
  std::function<void()> f_;
};

}  // namespace weft::testing
