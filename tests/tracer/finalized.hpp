// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tracer/configuration.hpp"
#include "tracer/fake_environment.hpp"

namespace weft::testing {

using Variables = std::map<std::string, std::string>;

struct Case {
  std::string error() const { return environment.only_error(); }
  std::string line(const std::string& name) const {
    for (const auto& setting : configuration.settings) {
      if (setting.name == name) return to_string(setting);
    }
    return "(absent)";
  }
  std::string attribute(std::string_view key) const {
    const AttributeValue* value = configuration.resource.find(key);
    return value != nullptr ? std::get<std::string>(*value) : "(absent)";
  }
  FakeEnvironment environment;
  detail::Configuration configuration;
};

/// What options come to in an environment.
inline Case finalized(Variables variables = {}, Options options = {}) {
  Case result{{std::move(variables), {}}, {}};
  result.configuration = detail::finalize(std::move(options), {}, result.environment.getter(),
                                          result.environment.sink());
  return result;
}

}  // namespace weft::testing
