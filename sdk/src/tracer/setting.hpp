// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/version.hpp>

#include "platform/setting.hpp"
#include "tracer/config_file.hpp"
#include "tracer/environment.hpp"

namespace weft::inline v0::detail {

/// `name = value (code)`, `(environment: OTEL_SERVICE_NAME)`, `(file: weft.yaml:12)` or
/// `(default)`, on one line.
std::string to_string(const Setting& setting);

/// A whole-number option: what it may be, and which variables say it.
struct NumberOption {
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  const char* name;  // the member's path in Options
  std::uint64_t built_in;
  std::uint64_t least;
  std::uint64_t most;
  const char* unit;                      // "" or " ms"
  const char* variable = nullptr;        // the first that is set holds
  const char* other_variable = nullptr;  // the general one, where there is one
};

/// What an option comes to, and why.
struct DecidedNumber {
  std::uint64_t value = 0;
  Origin origin = Origin::built_in;
  const char* variable = nullptr;  // which one said it
};

/// Decides each option: code when it differs from its default, else environment, else the default;
/// keeps what was decided for people to read. Refusals are told to the sink.
class Settings {
 public:
  /// `file` may be null.
  Settings(const Environment& environment, ErrorSink sink, const FileConfiguration* file = nullptr)
      : environment_(environment), sink_(std::move(sink)), file_(file) {}

  const Environment& environment() const noexcept { return environment_; }
  const FileConfiguration* file() const noexcept { return file_; }
  /// `given` is what code says, the default when it says nothing; none when it is below zero, then
  /// `given_text` shows it.
  DecidedNumber number(const NumberOption& option, std::optional<std::uint64_t> given,
                       std::string_view given_text = {}) const;
  void keep(const NumberOption& option, const DecidedNumber& decided);
  void keep(std::string name, std::string value, Origin origin);
  void keep(Setting setting) { settings_.push_back(std::move(setting)); }
  /// The same of a part that the file says; only the line of `place` is shown.
  void keep_from_file(std::string name, std::string value, std::string place);
  /// The same of a value that `variable` says.
  void keep_from(const char* variable, std::string name, std::string value);
  /// What `variable` says is of the environment, or stands for a line of the file.
  Origin origin_of(const char* variable) const;
  /// The option `name` of code is not taken.
  void refuse_option(std::string_view name, std::string_view value, std::string_view reason,
                     std::string_view instead) const;
  /// The same of one that has no text: `Options::name problem`.
  void refuse_part(std::string_view name, std::string_view problem) const;
  void report(ErrorCode code, std::string what) const { sink_(code, std::move(what)); }
  std::vector<Setting> take() && { return std::move(settings_); }

 private:
  std::optional<std::uint64_t> from_environment(const NumberOption& option,
                                                const char*& variable) const;

  const Environment& environment_;
  ErrorSink sink_;
  const FileConfiguration* file_;
  std::vector<Setting> settings_;
};

/// `2048`, `5000 ms`, `unlimited`.
std::string number_text(std::uint64_t number, const NumberOption& option);

}  // namespace weft::inline v0::detail
