// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <weft/composable_sampler.hpp>

namespace weft::inline v0::composables {

namespace {

// Greedy, with one place to go back to: linear in text times stars, whatever the pattern.
bool matches(std::string_view text, std::string_view pattern) noexcept {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      retry = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

bool is_text(const AttributeValue& value, const std::string& text) {
  if (const auto* given = std::get_if<std::string>(&value)) return *given == text;
  if (const auto* given = std::get_if<bool>(&value)) return text == (*given ? "true" : "false");
  if (const auto* given = std::get_if<std::int64_t>(&value)) return std::to_string(*given) == text;
  return false;
}

}  // namespace

Predicate is_root() {
  return [](const ComposableParameters& given) { return !given.parent_span.is_valid(); };
}

Predicate has_remote_parent() {
  return [](const ComposableParameters& given) {
    return given.parent_span.is_valid() && given.parent_span.is_remote();
  };
}

Predicate is_kind(SpanKind kind) {
  return [kind](const ComposableParameters& given) { return given.kind == kind; };
}

Predicate name_matches(std::string pattern) {
  return [pattern = std::move(pattern)](const ComposableParameters& given) {
    return matches(given.name, pattern);
  };
}

Predicate attribute_is(std::string key, std::string value) {
  return [key = std::move(key), value = std::move(value)](const ComposableParameters& given) {
    const auto found = given.attributes.find(key);
    return found && is_text(*found, value);
  };
}

}  // namespace weft::inline v0::composables
