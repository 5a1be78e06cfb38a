// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include <weft/version.hpp>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

/// What `processors::simple` made of a span; of several the best is what counts.
enum class SimpleExport : std::uint8_t { none, shut_down, failed, exported };

/// Around telling processors of one span's end: what the simple ones among them, also within
/// others, made of it. Of this thread alone; nests, since a processor may end spans itself.
class SimpleExports {
 public:
  explicit SimpleExports(ThreadData& thread) noexcept;
  SimpleExports(const SimpleExports&) = delete;
  SimpleExports& operator=(const SimpleExports&) = delete;
  ~SimpleExports();

  SimpleExport best() const noexcept { return best_; }
  /// For the innermost; without one nobody keeps an account.
  static void note(SimpleExport made) noexcept;

 private:
  ThreadData& thread_;
  SimpleExports* const before_;
  SimpleExport best_ = SimpleExport::none;
};

inline SimpleExports::SimpleExports(ThreadData& thread) noexcept
    : thread_(thread), before_(std::exchange(thread.simple_exports, this)) {}

inline SimpleExports::~SimpleExports() { thread_.simple_exports = before_; }

inline void SimpleExports::note(SimpleExport made) noexcept {
  SimpleExports* const innermost =
      this_thread_data != nullptr ? this_thread_data->simple_exports : nullptr;
  if (innermost != nullptr) innermost->best_ = std::max(innermost->best_, made);
}

}  // namespace weft::inline v0::detail
