// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <weft/error.hpp>

#include "tracer/environment.hpp"

namespace weft::testing {

/// Variables of a test, and what was told about them.
struct FakeEnvironment {
  std::map<std::string, std::string> variables;
  std::vector<Error> errors;

  detail::Environment::Getter getter() const {
    return [this](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
  }
  detail::ErrorSink sink() {
    return [this](ErrorCode code, std::string what) { errors.push_back({code, std::move(what)}); };
  }
  detail::Environment environment() { return {getter(), sink()}; }
  /// The one error there is; a remark instead when there is none, or more.
  std::string only_error() const {
    if (errors.empty()) return "(no error)";
    if (errors.size() == 1) return errors[0].what;
    std::string all = "(" + std::to_string(errors.size()) + " errors)";
    for (const Error& error : errors) all += "\n" + error.what;
    return all;
  }
};

}  // namespace weft::testing
