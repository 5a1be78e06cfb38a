// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// While it is there, this thread runs, or may run, a user's code whose return a shutdown waits
/// for: a shutdown that is called from there must not wait for that one in its turn. May nest.
class AwaitedCallback {
 public:
  AwaitedCallback() noexcept;
  AwaitedCallback(const AwaitedCallback&) = delete;
  AwaitedCallback& operator=(const AwaitedCallback&) = delete;
  ~AwaitedCallback();

  static bool is_inside() noexcept;

 private:
  const void* before_ = nullptr;
};

}  // namespace weft::inline v0::detail
