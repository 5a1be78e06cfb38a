// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace weft::testing {

/// Holds who comes until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(60), [this] { return is_open_; });
    --waiting_;
    changed_.notify_all();
  }
  /// Returns when all have gone through.
  void open() {
    std::unique_lock lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return waiting_ == 0; });
  }
  int waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  /// True when somebody came in time.
  bool wait_for_one() const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [this] { return waiting_ != 0; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int waiting_ = 0;
  bool is_open_ = false;
};
using GatePtr = std::shared_ptr<Gate>;

}  // namespace weft::testing
