// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

/// Environment variables as carriers, for a program that is started by another one, such as a build
/// step or a batch job: TRACEPARENT, TRACESTATE, BAGGAGE, X_B3_TRACEID.
///
///     weft::Context parent = weft::extract(weft::propagators::ProcessEnvironment());
///
///     weft::propagators::ChildEnvironment environment;
///     weft::inject(environment);
///     posix_spawn(&child, path, nullptr, nullptr, argv, environment.data());
///
/// OpenTelemetry, Environment Variables as Context Propagation Carriers.
namespace weft::inline v0::propagators {

/// The variable that a header called `key` becomes: ASCII letters in upper case, `_` for everything
/// else that is neither digit nor `_`, and before a digit at the start; `_` for an empty key.
WEFT_API std::string environment_name(std::string_view key);

/// Reads variables: what `extract` takes. A variable counts only if its name is already spelled as
/// `environment_name` spells it. Values are taken as they are.
class WEFT_API ProcessEnvironment {
 public:
  /// Gives a variable's value, none where there is none.
  using Getter = std::function<std::optional<std::string>(const std::string& name)>;

  /// The process's own, by `getenv`. No other thread may change the environment meanwhile.
  ProcessEnvironment();
  /// What `getter` gives, such as a test's. Null: nothing.
  explicit ProcessEnvironment(Getter getter);
  /// A block of `NAME=value` texts that ends with null, as `main` and `environ` have it; null is
  /// empty. Copied.
  explicit ProcessEnvironment(const char* const* block);

  /// The value of the variable that `key` becomes. Throws what the getter throws.
  std::optional<std::string> operator()(std::string_view key) const;
  /// The names of the variables that can be read, normalised ones alone; none with a getter of
  /// yours, which cannot list them.
  std::vector<std::string> keys() const;

 private:
  Getter getter_;
  std::vector<std::string> keys_;
  bool is_own_ = false;
};

/// Collects the environment of a process to be started: what `inject` writes. Never changes the
/// environment of this one, and starts nothing.
class WEFT_API ChildEnvironment {
 public:
  /// This process's environment, without what the propagators write: those variables are the
  /// child's own, or none. No other thread may change the environment meanwhile.
  ChildEnvironment();
  /// Those `NAME=value` texts; may be empty.
  explicit ChildEnvironment(std::vector<std::string> variables);

  /// Sets the variable that `key` becomes.
  void operator()(std::string_view key, std::string_view value);
  /// Every `NAME=value`, in order.
  const std::vector<std::string>& variables() const noexcept { return variables_; }
  /// The block for `execve` or `posix_spawn`, which ends with null. Good until this object changes
  /// or ends. Throws std::bad_alloc.
  char* const* data();

 private:
  std::vector<std::string> variables_;
  std::vector<char*> block_;
};

}  // namespace weft::inline v0::propagators
