// SPDX-License-Identifier: Apache-2.0
#include <weft/telemetry.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "platform/error_reporter.hpp"
#include "platform/fork.hpp"
#include "platform/standard_error.hpp"
#include "platform/user_exception.hpp"
#include "tracer/chosen_parts.hpp"
#include "tracer/core.hpp"
#include "tracer/last_calls.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::inline v0 {

using detail::Configuration;
using detail::error_reporter;
using detail::TelemetryCore;

namespace {

Deadline deadline_in(std::chrono::milliseconds timeout) noexcept {
  using std::chrono::steady_clock;
  const auto now = steady_clock::now();
  // "For ever" must not wrap round.
  constexpr std::chrono::hours kLongest{24 * 365};
  if (timeout > kLongest) timeout = kLongest;
  return now + timeout;
}

constinit detail::TelemetrySlot active;

std::shared_ptr<TelemetryCore> active_core() noexcept {
  const std::lock_guard lock(active.mutex);
  if (active.core == nullptr) return nullptr;
  if (active.core->use_count() != 0) return *active.core;  // it may be a disabled SDK
  // Never freed: in a forked child the handle leads to what goes on in its place.
  return {std::shared_ptr<TelemetryCore>(), TelemetryCore::inherited()};
}

// With it goes the user's handler: what it refers to may go next, its code in a module too.
void forget(const TelemetryCore& core, Deadline deadline) noexcept {
  std::shared_ptr<TelemetryCore> last;  // may end with this: outside the lock
  bool is_inherited = false;
  {
    const std::lock_guard lock(active.mutex);
    is_inherited = TelemetryCore::inherited() == &core;
    if (is_inherited) TelemetryCore::forget_inherited();
    if (active.core != nullptr && active.core->get() == &core) last = std::move(*active.core);
  }
  if (last != nullptr || is_inherited)
    error_reporter().end_handler(detail::LastCalls::by(deadline));
}

// … of a disabled SDK, unless another one took its place.
void forget_disabled(const std::shared_ptr<TelemetryCore>& none) noexcept {
  std::shared_ptr<TelemetryCore> last;
  const std::lock_guard lock(active.mutex);
  if (active.core == nullptr) return;
  const bool is_same = !active.core->owner_before(none) && !none.owner_before(*active.core);
  if (is_same) last = std::move(*active.core);
}

void print_configuration(const Configuration& configuration) {
  const detail::Environment environment(detail::process_variable, nullptr);
  const std::string wanted = detail::lower_case(environment.text("WEFT_PRINT_CONFIG").value_or(""));
  const bool is_wanted = wanted == "1" || wanted == "true";
  if (!is_wanted && !wanted.empty() && wanted != "0" && wanted != "false") {
    error_reporter().report(
        ErrorCode::invalid_environment,
        "WEFT_PRINT_CONFIG=\"" + wanted + "\" is none of 1, true, 0 and false; nothing is printed");
  }
  if (is_wanted || configuration.log_level == detail::LogLevel::debug) {
    detail::write_standard_error(configuration.to_string());
  }
}

bool is_free() {
  const std::lock_guard lock(active.mutex);
  if (active.core == nullptr) active.core = new std::shared_ptr<TelemetryCore>;
  return *active.core == nullptr;
}

// Tells the one that lives, and who asked.
void refuse(const std::function<void(const Error&)>& on_error) noexcept {
  constexpr const char* kWhat =
      "weft::init: a Telemetry already lives; shut it down first. This one does nothing";
  error_reporter().report(ErrorCode::already_initialised, kWhat);
  try {
    if (on_error) on_error({ErrorCode::already_initialised, kWhat});
  } catch (...) {
    detail::count_user_exception("Options::on_error threw");
  }
}

// A file stands for this variable too: what is wrong with the file itself is told at the default.
detail::LogLevel first_log_level(const Options& options) {
  const detail::Environment environment(detail::process_variable, nullptr);
  const bool has_file = options.file != nullptr || environment.text("OTEL_CONFIG_FILE").has_value();
  return detail::log_level_of(has_file ? std::nullopt : environment.text("OTEL_LOG_LEVEL"));
}

/// What `init` made: a core, or an SDK that was disabled.
struct Started {
  std::shared_ptr<TelemetryCore> core{};
  bool is_owner = false;
};

Started start(Options options, const Components& components) {
  const detail::StartingTurn turn;
  if (!turn || !is_free()) {
    refuse(options.on_error);
    return {};
  }
  TelemetryCore::forget_inherited();  // a forked child makes its own
  detail::watch_forks();
  error_reporter().set_log_level(first_log_level(options));
  error_reporter().begin_handler(options.on_error);
  Configuration configuration = detail::finalize(std::move(options), components);
  error_reporter().set_log_level(configuration.log_level);
  print_configuration(configuration);
  if (configuration.propagators) {
    detail::set_global_propagators(*configuration.propagators);
  } else {
    set_global_propagator(nullptr);  // the default ones
  }
  const bool is_disabled = configuration.disabled;
  std::shared_ptr<TelemetryCore> core;
  if (is_disabled) {
    core.reset(static_cast<TelemetryCore*>(nullptr),
               detail::DisabledSdk{configuration.to_string()});
  } else {
    core = TelemetryCore::start(std::move(configuration));
  }
  if (core == nullptr) error_reporter().end_handler(Deadline::min());
  const std::lock_guard lock(active.mutex);
  *active.core = core;
  return {core, core != nullptr || is_disabled};
}

}  // namespace

detail::TelemetrySlot& detail::telemetry_slot() noexcept { return active; }

struct TelemetryAccess {
  static Telemetry make(std::shared_ptr<TelemetryCore> core, bool owner) noexcept {
    return Telemetry(std::move(core), owner);
  }
};

Telemetry init(Options options, const Components& components) noexcept {
  try {
    Started started = start(std::move(options), components);
    return TelemetryAccess::make(std::move(started.core), started.is_owner);
  } catch (const std::exception& exception) {
    error_reporter().report(
        ErrorCode::resource_exhausted,
        std::string("weft::init failed: ") + exception.what() + "; spans are not recorded");
    error_reporter().end_handler(Deadline::min());
  }
  return {};
}

Telemetry active_telemetry() noexcept { return TelemetryAccess::make(active_core(), false); }

Telemetry::Telemetry(std::shared_ptr<TelemetryCore> core, bool owner) noexcept
    : core_(std::move(core)), owner_(owner) {}
Telemetry::Telemetry(Telemetry&& other) noexcept
    : core_(std::move(other.core_)), owner_(std::exchange(other.owner_, false)) {}

Telemetry& Telemetry::operator=(Telemetry&& other) noexcept {
  if (this == &other) return *this;
  if (owner_) shutdown();
  core_ = std::move(other.core_);
  owner_ = std::exchange(other.owner_, false);
  return *this;
}

Telemetry::~Telemetry() {
  if (owner_) shutdown();
}

FlushResult Telemetry::force_flush(std::chrono::milliseconds timeout) {
  if (core_ == nullptr) return FlushResult::success;
  try {
    return core_->latest().force_flush(deadline_in(timeout));
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted,
                            [&] { return std::string("force_flush failed: ") + exception.what(); });
    return FlushResult::failed;
  }
}

FlushResult Telemetry::shutdown(std::chrono::milliseconds timeout) {
  if (core_ == nullptr) {
    forget_disabled(core_);
    return FlushResult::success;
  }
  TelemetryCore& core = core_->latest();
  const Deadline deadline = deadline_in(timeout);
  FlushResult result = FlushResult::failed;
  try {
    result = core.shutdown(deadline);
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted,
                            [&] { return std::string("shutdown failed: ") + exception.what(); });
  }
  if (core.is_over()) forget(core, deadline);
  return result;
}

FlushResult Telemetry::shutdown() {
  return shutdown(core_ != nullptr ? core_->configuration().shutdown_timeout
                                   : std::chrono::milliseconds(0));
}

Stats Telemetry::stats() const { return core_ != nullptr ? core_->latest().stats() : Stats(); }
Audit Telemetry::audit() const { return core_ != nullptr ? core_->latest().audit() : Audit(); }
std::string Telemetry::effective_config() const {
  if (core_ != nullptr) return core_->latest().configuration().to_string();
  const auto* disabled = std::get_deleter<detail::DisabledSdk>(core_);
  return disabled != nullptr ? disabled->settings : std::string();
}
std::size_t Telemetry::run_once(std::chrono::milliseconds timeout) {
  return core_ != nullptr ? core_->latest().run_once(deadline_in(timeout)) : 0;
}
void Telemetry::flush_on_signal() noexcept {
  if (core_ != nullptr) core_->latest().request_flush_from_signal();
}

}  // namespace weft::inline v0
