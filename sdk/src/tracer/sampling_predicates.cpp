// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <weft/composable_sampler.hpp>

#include "tracer/wildcard.hpp"

namespace weft::inline v0::composables {

namespace {

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
    return detail::matches(pattern, given.name);
  };
}

Predicate attribute_is(std::string key, std::string value) {
  return [key = std::move(key), value = std::move(value)](const ComposableParameters& given) {
    const auto found = given.attributes.find(key);
    return found && is_text(*found, value);
  };
}

}  // namespace weft::inline v0::composables
