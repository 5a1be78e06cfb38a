// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// What kind of trouble an `Error` reports. The numbers are stable.
enum class ErrorCode : std::uint8_t {
  invalid_option = 1,       ///< an option set in code was refused; its default is used
  invalid_environment = 2,  ///< an `OTEL_*` variable was refused; its default is used
  already_initialised = 3,  ///< `init` while another Telemetry lives
  resource_exhausted = 4,   ///< memory, threads or descriptors were not to be had
  export_failed = 5,        ///< an exporter could not deliver; what happened to the spans is in it
  partial_success = 6,      ///< the backend took a part, or sent a warning
  user_callback = 7,        ///< an exception left a user's exporter, processor or sampler
  data_dropped = 8,         ///< spans were dropped; `Stats::dropped` counts them by reason
  limit_reached = 9,        ///< an attribute, event or link was cut by a limit
};

/// One line about what went wrong outside the reach of a return value. `what` names the option or
/// the peer, its value, the reason and what was done instead. Reaches the user by
/// `Options::on_error`, which is called from whichever thread met the trouble, rate-limited.
struct Error {
  ErrorCode code{};
  std::string what{};
};

/// Base of everything that the context variables throw.
class WEFT_API ContextError : public std::runtime_error {
 public:
  explicit ContextError(const std::string& what);
  ~ContextError() override;
};

/// The variable has no value here and no default. `what()` is the variable's name.
class WEFT_API LookupError : public ContextError {
 public:
  explicit LookupError(std::string_view name);
  ~LookupError() override;
};

/// The token has been used before (or was moved from).
class WEFT_API TokenUsedError : public ContextError {
 public:
  explicit TokenUsedError(std::string_view name);
  ~TokenUsedError() override;
};

/// The token belongs to another variable.
class WEFT_API TokenVarError : public ContextError {
 public:
  explicit TokenVarError(std::string_view name);
  ~TokenVarError() override;
};

/// The token was made in another Context.
class WEFT_API TokenContextError : public ContextError {
 public:
  explicit TokenContextError(std::string_view name);
  ~TokenContextError() override;
};

/// That very Context object is already entered, here or on another thread.
class WEFT_API ContextEnteredError : public ContextError {
 public:
  ContextEnteredError();
  ~ContextEnteredError() override;
};

/// `RequestContext` was used where no `RequestContext::init()` came before.
class WEFT_API ContextNotInitialized : public ContextError {
 public:
  ContextNotInitialized();
  ~ContextNotInitialized() override;
};

/// What `Context::get_or_compute` was asked to compute needs itself, directly or by way of others:
/// waiting would never end.
class WEFT_API RecursiveComputationError : public ContextError {
 public:
  explicit RecursiveComputationError(std::string_view name);
  ~RecursiveComputationError() override;
};

}  // namespace weft::inline v0
