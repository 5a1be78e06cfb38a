// SPDX-License-Identifier: Apache-2.0
#include "platform/error_reporter.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "platform/held_reports.hpp"
#include "platform/standard_error.hpp"
#include "platform/thread_data.hpp"
#include "platform/visible_text.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::chrono::seconds kWindow{1};
constexpr std::chrono::seconds kSameText{10};
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kEarly = 16;

constinit ErrorReporter reporter;

// Each set-up problem is about another option, and there are few options.
constexpr std::uint32_t allowance(ErrorCode code) noexcept {
  const bool set_up = code == ErrorCode::invalid_option || code == ErrorCode::invalid_environment;
  return set_up ? 100 : 5;
}

LogLevel level_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_option:
    case ErrorCode::invalid_environment:
    case ErrorCode::partial_success:
    case ErrorCode::limit_reached:
      return LogLevel::warn;
    default:
      return LogLevel::error;
  }
}

void tell(const ErrorReporter::Handler* handler, const Error& error, LogLevel level) noexcept {
  try {
    if (handler == nullptr && level_of(error.code) > level) return;
    if (handler == nullptr) {
      write_standard_error("weft: " + error.what + "\n");
    } else {
      (*handler)(error);
    }
  } catch (...) {
    try {
      write_standard_error("weft: on_error threw an exception while it was told: " + error.what +
                           "\n");
    } catch (...) {
      // No memory for the text: there is nobody left to tell.
    }
  }
}

}  // namespace

ErrorReporter& error_reporter() noexcept { return reporter; }

// The mutex is held.
std::shared_ptr<const ErrorReporter::Handler> ErrorReporter::exchange_handler(
    std::shared_ptr<const Handler> fresh) {
  if (handler_ == nullptr) handler_ = new std::shared_ptr<const Handler>;
  std::fill(std::begin(said_), std::end(said_), Said());
  std::fill(std::begin(codes_), std::end(codes_), PerCode());
  return std::exchange(*handler_, std::move(fresh));
}

void ErrorReporter::set_handler(Handler handler) noexcept {
  std::shared_ptr<const Handler> before;  // destroyed outside the lock: it is the user's
  try {
    std::shared_ptr<const Handler> fresh;
    if (handler) fresh = std::make_shared<const Handler>(std::move(handler));
    const std::lock_guard lock(mutex_);
    before = exchange_handler(std::move(fresh));
  } catch (const std::bad_alloc&) {
    // The one before stays.
  }
}

void ErrorReporter::begin_handler(Handler handler) noexcept {
  set_handler(std::move(handler));
  std::vector<std::string> early;
  {
    const std::lock_guard lock(mutex_);
    has_begun_ = true;
    if (early_ != nullptr) early.swap(*early_);
  }
  for (const std::string& what : early) report(ErrorCode::invalid_option, what);
}

void ErrorReporter::end_handler(std::chrono::steady_clock::time_point deadline) noexcept {
  std::shared_ptr<const Handler> before;
  try {
    const std::lock_guard lock(mutex_);
    has_begun_ = false;
    before = exchange_handler(nullptr);
  } catch (const std::bad_alloc&) {
    return;  // there never was one
  }
  const ThreadData* const thread = thread_data();
  if (thread == nullptr || thread->is_reporting) return;  // called by the handler itself
  while (before.use_count() > 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

void ErrorReporter::set_clock(Clock clock) noexcept {
  const std::lock_guard lock(mutex_);
  clock_ = clock;
}

ErrorReporter::Said* ErrorReporter::find(std::size_t hash) noexcept {
  for (Said& one : said_) {
    if (one.used && one.hash == hash) return &one;
  }
  return nullptr;
}

// A text that is not remembered takes the place of the one that was said longest ago.
ErrorReporter::Said& ErrorReporter::oldest() noexcept {
  return *std::min_element(std::begin(said_), std::end(said_), [](const Said& a, const Said& b) {
    return a.used != b.used ? !a.used : a.time < b.time;
  });
}

bool ErrorReporter::may_say(const Error& error, Limit limit, std::uint64_t& held_back) noexcept {
  const TimePoint now = clock_ != nullptr ? clock_() : std::chrono::steady_clock::now();
  PerCode& code = per_code(error.code);
  if (limit == Limit::none) {
    held_back = std::exchange(code.held_back, 0U);
    return true;
  }
  const std::size_t hash =
      std::hash<std::string_view>()(error.what) + static_cast<std::size_t>(error.code);
  Said* same = find(hash);
  if (same != nullptr && now - same->time < kSameText) {
    ++same->held_back;
    return false;
  }
  if (code.said == 0 || now - code.window >= kWindow) {
    code.window = now;
    code.said = 0;
  }
  if (code.said == allowance(error.code)) {
    ++code.held_back;
    return false;
  }
  ++code.said;
  held_back = std::exchange(code.held_back, 0U);
  if (same != nullptr) {
    held_back += same->held_back;
  } else {
    same = &oldest();
    per_code(same->code).held_back += same->held_back;  // told with the next of its kind
  }
  *same = {.hash = hash, .time = now, .held_back = 0, .code = error.code, .used = true};
  return true;
}

bool ErrorReporter::ask(Error& error, Limit limit, std::shared_ptr<const Handler>& handler) {
  std::uint64_t held_back = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!may_say(error, limit, held_back)) return false;
    if (handler_ != nullptr) handler = *handler_;
  }
  if (held_back != 0) error.what += " (" + std::to_string(held_back) + " more like this)";
  return true;
}

void ErrorReporter::hold_back(ErrorCode code) noexcept {
  const std::lock_guard lock(mutex_);
  ++per_code(code).held_back;
}

void ErrorReporter::report(ErrorCode code, std::string_view what) noexcept {
  report(code, what, Limit::rate);
}

void ErrorReporter::report_always(ErrorCode code, std::string_view what) noexcept {
  report(code, what, Limit::none);
}

void ErrorReporter::report(ErrorCode code, std::string_view what, Limit limit) noexcept {
  ThreadData* const thread = thread_data();
  if (thread == nullptr || thread->is_reporting) return hold_back(code);
  if (keep(*thread, code, what, limit)) return;
  thread->is_reporting = true;
  {
    std::shared_ptr<const Handler> handler;  // the last of it may end here: still reporting
    try {
      Error error{code, visible_text(what, kLongestText)};
      if (ask(error, limit, handler)) {
        tell(handler.get(), error, level_.load(std::memory_order_relaxed));
      }
    } catch (...) {
      hold_back(code);  // no memory for the text
    }
  }
  thread->is_reporting = false;
}

HeldReports* ErrorReporter::find_held(const ThreadData* thread) const noexcept {
  HeldReports* held = held_;
  while (held != nullptr && held->thread_ != thread) held = held->next_;
  return held;
}

// False: it is to be told now.
bool ErrorReporter::keep(const ThreadData& thread, ErrorCode code, std::string_view what,
                         Limit limit) noexcept {
  const std::lock_guard lock(mutex_);
  HeldReports* const held = find_held(&thread);
  if (held == nullptr) return false;
  std::uint64_t held_back = 0;
  try {
    Error error{code, visible_text(what, kLongestText)};
    if (!may_say(error, limit, held_back)) return true;
    held->reports_.push_back(std::move(error));
  } catch (const std::bad_alloc&) {
    ++held_back;
  }
  per_code(code).held_back += held_back;  // told with it
  return true;
}

bool ErrorReporter::has_handler() noexcept {
  const std::lock_guard lock(mutex_);
  return handler_ != nullptr && *handler_ != nullptr;
}

void ErrorReporter::forget_other_threads() noexcept {
  held_ = find_held(this_thread_data);
  if (held_ != nullptr) {
    held_->next_ = nullptr;
    held_->reports_.clear();  // the parent tells them
  }
  if (handler_ == nullptr || *handler_ == nullptr) return;
  try {
    // A count of its own: in the parent's, calls are counted that never return here.
    *handler_ = {handler_->get(), [parents = *handler_](const Handler*) {}};
  } catch (const std::bad_alloc&) {
    // `end_handler` waits for them until its deadline.
  }
}

void ErrorReporter::refuse(std::string what) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    const bool has_handler = handler_ != nullptr && *handler_ != nullptr;
    if (early_ == nullptr) early_ = new std::vector<std::string>;
    if (!has_begun_ && !has_handler && early_->size() < kEarly) {
      if (std::find(early_->begin(), early_->end(), what) == early_->end()) early_->push_back(what);
      return;
    }
  } catch (const std::bad_alloc&) {
    // Told now, if at all.
  }
  report(ErrorCode::invalid_option, what);
}

}  // namespace weft::inline v0::detail
