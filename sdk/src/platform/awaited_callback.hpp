// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

/// While it is there, this thread runs, or may run, a user's code whose return a shutdown waits
/// for: a shutdown that is called from there must not wait for that one in its turn. May nest.
class AwaitedCallback {
 public:
  AwaitedCallback() noexcept : thread_(thread_data()) {
    if (thread_ != nullptr) ++thread_->awaited_callbacks;
  }
  AwaitedCallback(const AwaitedCallback&) = delete;
  AwaitedCallback& operator=(const AwaitedCallback&) = delete;
  ~AwaitedCallback() {
    if (thread_ != nullptr) --thread_->awaited_callbacks;
  }

  static bool is_inside() noexcept {
    return this_thread_data != nullptr && this_thread_data->awaited_callbacks != 0;
  }

 private:
  ThreadData* const thread_;  // null without memory for it: such a one is not known
};

}  // namespace weft::inline v0::detail
