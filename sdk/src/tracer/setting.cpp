// SPDX-License-Identifier: Apache-2.0
#include "tracer/setting.hpp"

#include <algorithm>

#include "platform/visible_text.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kLongestValue = 1000;

const char* origin_text(Origin origin) noexcept {
  switch (origin) {
    case Origin::code:
      return "code";
    case Origin::environment:
      return "environment";
    case Origin::file:
      return "file";
    case Origin::built_in:
      break;
  }
  return "default";
}

std::string range_text(const NumberOption& option) {
  std::string text = "is not at least " + number_text(option.least, option);
  if (option.most != NumberOption::kUnlimited) {
    text += " and at most " + number_text(option.most, option);
  }
  return text;
}

}  // namespace

std::string to_string(const Setting& setting) {
  return setting.name + " = " + visible_text(setting.value, kLongestValue) + " (" +
         origin_text(setting.origin) +
         (setting.source.empty() ? "" : ": " + visible_text(setting.source, kLongestValue)) + ")";
}

std::string number_text(std::uint64_t number, const NumberOption& option) {
  if (number == NumberOption::kUnlimited) return "unlimited";
  return std::to_string(number) + option.unit;
}

void Settings::keep(const NumberOption& option, const DecidedNumber& decided) {
  std::string value = number_text(decided.value, option);
  if (decided.variable != nullptr)
    return keep_from(decided.variable, option.name, std::move(value));
  keep(option.name, std::move(value), decided.origin);
}

void Settings::keep(std::string name, std::string value, Origin origin) {
  settings_.push_back({std::move(name), std::move(value), origin});
}

void Settings::keep_from_file(std::string name, std::string value, std::string place) {
  place.resize(std::min(place.size(), place.find(": ")));
  settings_.push_back({std::move(name), std::move(value), Origin::file, std::move(place)});
}

void Settings::keep_from(const char* variable, std::string name, std::string value) {
  std::string source = environment_.source(variable);
  if (source != variable) {
    return keep_from_file(std::move(name), std::move(value), std::move(source));
  }
  settings_.push_back({std::move(name), std::move(value), Origin::environment, std::move(source)});
}

Origin Settings::origin_of(const char* variable) const {
  return environment_.source(variable) == variable ? Origin::environment : Origin::file;
}

void Settings::refuse_option(std::string_view name, std::string_view value, std::string_view reason,
                             std::string_view instead) const {
  sink_(ErrorCode::invalid_option,
        refusal("Options::" + std::string(name), value, reason, instead));
}

void Settings::refuse_part(std::string_view name, std::string_view problem) const {
  sink_(ErrorCode::invalid_option, "Options::" + std::string(name) + " " + std::string(problem));
}

// What one variable lacks the next may say; only then it is the default.
std::optional<std::uint64_t> Settings::from_environment(const NumberOption& option,
                                                        const char*& said_by) const {
  for (const char* variable : {option.variable, option.other_variable}) {
    if (variable == nullptr) continue;
    const bool is_last = variable == option.other_variable || option.other_variable == nullptr;
    const std::string instead =
        is_last ? number_text(option.built_in, option) + " is used"
                : std::string(option.other_variable) + " or the default is used";
    const auto number = environment_.integer(variable, option.least, option.most, instead);
    if (!number) continue;
    said_by = variable;
    return number;
  }
  return std::nullopt;
}

DecidedNumber Settings::number(const NumberOption& option, std::optional<std::uint64_t> given,
                               std::string_view given_text) const {
  const bool is_in_range = given && *given >= option.least && *given <= option.most;
  if (is_in_range && *given != option.built_in) return {*given, Origin::code, nullptr};
  const char* variable = nullptr;
  const auto environment = from_environment(option, variable);
  const std::uint64_t value = environment.value_or(option.built_in);
  if (!is_in_range) {
    refuse_option(option.name, given ? number_text(*given, option) : std::string(given_text),
                  range_text(option), number_text(value, option) + " is used");
  }
  if (variable == nullptr) return {value, Origin::built_in, nullptr};
  return {value, origin_of(variable), variable};
}

}  // namespace weft::inline v0::detail
