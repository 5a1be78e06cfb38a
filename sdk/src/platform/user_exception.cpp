// SPDX-License-Identifier: Apache-2.0
#include "platform/user_exception.hpp"

#include "platform/error_reporter.hpp"
#include "platform/thread_data.hpp"

namespace weft::inline v0::detail {

void count_user_exception() noexcept {
  if (ThreadData* thread = thread_data()) thread->account.user_exceptions.add();
}

std::uint64_t user_exceptions_here() noexcept {
  const ThreadData* thread = thread_data();
  return thread != nullptr ? thread->account.user_exceptions.read() : 0;
}

void count_user_exception(const char* what) noexcept {
  count_user_exception();
  error_reporter().report(ErrorCode::user_callback, what);
}

}  // namespace weft::inline v0::detail
