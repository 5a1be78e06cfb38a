// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <weft/composable_sampler.hpp>

#include "tracer/wildcard.hpp"

namespace weft::inline v0::composables {

namespace {

// What a rule compares; none for what has no plain text, such as an array.
std::optional<std::string> text_of(const AttributeValue& value) {
  if (const auto* given = std::get_if<std::string>(&value)) return *given;
  if (const auto* given = std::get_if<bool>(&value)) return *given ? "true" : "false";
  if (const auto* given = std::get_if<std::int64_t>(&value)) return std::to_string(*given);
  return std::nullopt;
}

template <class Holds>
Predicate attribute_holds(std::string key, Holds holds) {
  return [key = std::move(key), holds = std::move(holds)](const ComposableParameters& given) {
    const auto found = given.attributes.find(key);
    const auto text = found ? text_of(*found) : std::nullopt;
    return text && holds(*text);
  };
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
  return attribute_holds(std::move(key), [value = std::move(value)](const std::string& text) {
    return text == value;
  });
}

Predicate attribute_matches(std::string key, std::string pattern) {
  return attribute_holds(std::move(key), [pattern = std::move(pattern)](const std::string& text) {
    return detail::matches(pattern, text);
  });
}

}  // namespace weft::inline v0::composables
