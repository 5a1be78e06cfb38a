// SPDX-License-Identifier: Apache-2.0
#include <weft/propagators/environment.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include <weft/propagation.hpp>

#include "baggage_header.hpp"
#include "propagator_list.hpp"
#include "trace_context.hpp"

namespace weft::inline v0::propagators {

namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr char name_character(char c) noexcept {
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  return (c >= 'A' && c <= 'Z') || is_digit(c) ? c : '_';
}

std::string_view name_of(std::string_view variable) noexcept {
  return variable.substr(0, variable.find('='));
}

bool is_normal(std::string_view name) { return !name.empty() && environment_name(name) == name; }

std::optional<std::string> own_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

// The names that the propagators in force write.
std::vector<std::string> propagated_names() {
  std::vector<std::string> fields;
  if (const auto* list = detail::global_propagators()) {
    fields = propagators::all_fields(*list);
  } else {
    for (const std::string_view field : {w3c::kTraceparent, w3c::kTracestate, w3c::kBaggage}) {
      fields.emplace_back(field);
    }
  }
  for (std::string& field : fields) field = environment_name(field);
  return fields;
}

std::vector<std::string> normal_names(const char* const* block) {
  std::vector<std::string> names;
  for (; block != nullptr && *block != nullptr; ++block) {
    if (const std::string_view name = name_of(*block); is_normal(name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace

std::string environment_name(std::string_view key) {
  std::string name;
  name.reserve(key.size() + 1);
  if (key.empty() || is_digit(key[0])) name += '_';
  for (const char c : key) name += name_character(c);
  return name;
}

ProcessEnvironment::ProcessEnvironment() : getter_(own_variable), is_own_(true) {}

ProcessEnvironment::ProcessEnvironment(Getter getter) : getter_(std::move(getter)) {}

ProcessEnvironment::ProcessEnvironment(const char* const* block) : keys_(normal_names(block)) {
  std::map<std::string, std::string, std::less<>> values;
  for (; block != nullptr && *block != nullptr; ++block) {
    const std::string_view variable = *block;
    const std::string_view name = name_of(variable);
    if (name.size() == variable.size()) continue;  // no "="
    values.emplace(name, variable.substr(name.size() + 1));
  }
  getter_ = [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found != values.end() ? std::optional<std::string>(found->second) : std::nullopt;
  };
}

std::optional<std::string> ProcessEnvironment::operator()(std::string_view key) const {
  return getter_ != nullptr ? getter_(environment_name(key)) : std::nullopt;
}

std::vector<std::string> ProcessEnvironment::keys() const {
  return is_own_ ? normal_names(environ) : keys_;
}

ChildEnvironment::ChildEnvironment() {
  const std::vector<std::string> ours = propagated_names();
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (std::ranges::find(ours, name_of(*variable)) == ours.end()) {
      variables_.emplace_back(*variable);
    }
  }
}

ChildEnvironment::ChildEnvironment(std::vector<std::string> variables)
    : variables_(std::move(variables)) {}

void ChildEnvironment::operator()(std::string_view key, std::string_view value) {
  const std::string name = environment_name(key);
  std::string variable = name + "=" + std::string(value);
  const auto has_name = [&name](const std::string& one) { return name_of(one) == name; };
  const auto place = std::ranges::find_if(variables_, has_name);
  if (place != variables_.end()) {
    *place = std::move(variable);
    variables_.erase(std::remove_if(place + 1, variables_.end(), has_name), variables_.end());
  } else {
    variables_.push_back(std::move(variable));
  }
}

char* const* ChildEnvironment::data() {
  block_.clear();
  for (std::string& variable : variables_) block_.push_back(variable.data());
  block_.push_back(nullptr);
  return block_.data();
}

}  // namespace weft::inline v0::propagators
