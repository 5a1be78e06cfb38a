// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <weft/error.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::delivery {

/// The variable's value without white space around it; "" when it is unset or empty, which is the
/// same.
std::string_view variable(const std::string& name) noexcept;

/// `NAME="value"`, passwords in it taken out.
std::string shown_variable(const std::string& name, std::string_view value);

enum class Secret : bool { no, yes };

/// Asks `take(value, why, name)` with each of the variables that is set, in order, until it is
/// content, and returns the name of that one, or "". Each value that it refuses is a problem.
template <class Take>
std::string ask(std::initializer_list<std::string> names, std::vector<Error>& problems, Take&& take,
                Secret secret = Secret::no) {
  for (const std::string& name : names) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    std::string why;
    if (take(value, why, name)) return name;
    problems.push_back(
        {ErrorCode::invalid_environment,
         (secret == Secret::yes ? name : shown_variable(name, value)) + ": " + why + "; ignored"});
  }
  return {};
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) noexcept;

/// A number of milliseconds; 0: none.
bool take_timeout(std::string_view value, std::string& why, std::chrono::milliseconds& timeout);

}  // namespace weft::inline v0::delivery
