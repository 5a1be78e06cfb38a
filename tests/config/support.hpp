// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <weft/config.hpp>
#include <weft/weft.hpp>

#include "create.hpp"

namespace weft::testing {

/// A file's text, what it comes to, and what was told of it.
struct FileCase {
  explicit FileCase(std::string_view text) {
    const config::ErrorHandler told = [this](const Error& error) { errors.push_back(error.what); };
    model = config::parse_text(text, "/etc/weft.yaml", told);
    if (model) configured = config::configured_by(*model, told);
  }

  /// What stands for that variable; "(absent)" when nothing does.
  std::string variable(std::string_view name) const {
    if (configured == nullptr) return "(no configuration)";
    const auto found = configured->variables.find(name);
    return found != configured->variables.end() ? found->second.text : "(absent)";
  }
  std::string place(std::string_view name) const {
    const auto found = configured->variables.find(name);
    return found != configured->variables.end() ? found->second.place : "(absent)";
  }
  /// The one error there is; all of them otherwise.
  std::string error() const {
    if (errors.size() == 1) return errors[0];
    std::string all = "(" + std::to_string(errors.size()) + " errors)";
    for (const std::string& one : errors) all += "\n" + one;
    return all;
  }
  static constexpr const char* kNoError = "(0 errors)";

  std::optional<config::Model> model;
  std::shared_ptr<detail::FileConfiguration> configured;
  std::vector<std::string> errors;
};

inline std::string with_format(std::string_view text) {
  return "file_format: \"1.0\"\n" + std::string(text);
}

/// What a tracer provider of that YAML, indented by two, comes to; it begins in line 3.
inline FileCase provider(std::string_view text) {
  return FileCase(with_format("tracer_provider:\n" + std::string(text)));
}

}  // namespace weft::testing
