// SPDX-License-Identifier: Apache-2.0
#include "platform/held_reports.hpp"

#include <mutex>
#include <utility>

#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

HeldReports::HeldReports() noexcept {
  const ThreadData* const self = thread_data();
  ErrorReporter& reporter = error_reporter();
  const std::lock_guard lock(reporter.mutex_);
  if (self == nullptr || reporter.find_held(self) != nullptr) return;
  thread_ = self;
  next_ = std::exchange(reporter.held_, this);
}

HeldReports::Reports HeldReports::take() noexcept {
  if (thread_ == nullptr) return {};
  ErrorReporter& reporter = error_reporter();
  const std::lock_guard lock(reporter.mutex_);
  HeldReports** link = &reporter.held_;
  while (*link != nullptr && *link != this) link = &(*link)->next_;
  if (*link != nullptr) *link = next_;
  thread_ = nullptr;
  return std::move(reports_);
}

void HeldReports::tell(const Reports& reports) noexcept {
  for (const auto& one : reports) error_reporter().report_always(one.code, one.what);
}

}  // namespace weft::inline v0::detail
