// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/version.hpp>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::detail {

/// While it lives, what its thread reports is kept, and told when it goes: made before a lock is
/// taken under which something may be reported, since the user's handler may call back, or never
/// return. What would be told too often is counted, not kept. May nest: the outermost keeps, which
/// is also the one that `take` is for.
class HeldReports {
 public:
  HeldReports() noexcept;
  HeldReports(const HeldReports&) = delete;
  HeldReports& operator=(const HeldReports&) = delete;
  ~HeldReports() { tell(); }

  using Reports = std::vector<Error>;
  /// Keeps nothing from here on, and gives what it kept to whoever tells it.
  Reports take() noexcept;
  static void tell(const Reports& reports) noexcept;
  /// Tells now, on this thread; what comes after is told at once.
  void tell() noexcept { tell(take()); }

 private:
  friend class ErrorReporter;

  const ThreadData* thread_ = nullptr;  // null: it keeps nothing
  HeldReports* next_ = nullptr;
  Reports reports_;
};

}  // namespace weft::inline v0::detail
