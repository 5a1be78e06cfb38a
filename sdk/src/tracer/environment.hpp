// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/error.hpp>
#include <weft/version.hpp>

// Environment variables by the rules of OpenTelemetry's "Environment Variable Specification" and
// "Common Configuration Specification".

namespace weft::inline v0::detail {

using ErrorSink = std::function<void(ErrorCode, std::string)>;
using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// The one line about something that was not taken: `NAME="value" reason; instead`. A long value is
/// cut and control characters are spelled.
std::string refusal(std::string_view name, std::string_view value, std::string_view reason,
                    std::string_view instead);

/// Without the blanks around it.
std::string_view trimmed(std::string_view text) noexcept;
std::string lower_case(std::string_view text);
/// Decimal digits alone, below 2^64.
std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept;
/// A number from 0 to 1, such as `0.25` or `1e-3`, in the C locale whatever the program's is.
std::optional<double> parse_ratio(std::string_view text) noexcept;
/// What is between the commas, trimmed; empty members are skipped.
std::vector<std::string> parse_list(std::string_view text);
/// As one line of a message: control characters are spelled.
WEFT_API std::string one_line(std::string_view text);
/// `%41` becomes `A` (RFC 3986, 2.1); none when a `%` is not followed by two hex digits.
WEFT_API std::optional<std::string> percent_decoded(std::string_view text);
/// `key=value,key2=value2`, keys and values percent-encoded; none when any member has no `=`, an
/// empty key or a bad escape. A value may hold further `=`; empty members are skipped.
std::optional<TextPairs> parse_pairs(std::string_view text);

/// The variables of one process; what is wrong with one is told to the sink, and it counts as
/// unset.
class Environment {
 public:
  /// The value; none when unset.
  using Getter = std::function<std::optional<std::string>(const char* name)>;
  /// Where a value is written when that is not the variable itself: "weft.yaml:12: some.key";
  /// empty otherwise.
  using Place = std::function<std::string(const char* name)>;

  Environment(Getter getter, ErrorSink sink, Place place = nullptr)
      : getter_(std::move(getter)), sink_(std::move(sink)), place_(std::move(place)) {}

  /// The value, trimmed; none when unset or empty.
  std::optional<std::string> text(const char* name) const;
  /// True for `true` alone, in any case.
  bool flag(const char* name) const;
  /// A whole number; `instead` says what holds when it is refused.
  std::optional<std::uint64_t> integer(const char* name, std::uint64_t least, std::uint64_t most,
                                       std::string_view instead) const;
  std::optional<double> ratio(const char* name, std::string_view instead) const;
  /// The members of a list as they are written, each once whatever its case; empty when unset.
  std::vector<std::string> names(const char* name) const;
  std::optional<TextPairs> pairs(const char* name, std::string_view instead) const;

  void refuse(const char* name, std::string_view value, std::string_view reason,
              std::string_view instead) const;
  /// Where the value of `name` was read, for people: the variable's name, or a file's line.
  std::string source(const char* name) const;

 private:
  Getter getter_;
  ErrorSink sink_;
  Place place_;
};

/// getenv.
std::optional<std::string> process_variable(const char* name);

}  // namespace weft::inline v0::detail
