// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0 {

struct Attribute;
class AttributeValue;

namespace detail {
using AttributeArray = std::vector<AttributeValue>;
using AttributeMap = std::vector<Attribute>;
using AttributeBytes = std::vector<std::byte>;
using AttributeVariant = std::variant<bool, std::int64_t, double, std::string, AttributeBytes,
                                      AttributeArray, AttributeMap>;

/// A range that is neither text nor bytes nor one of the variant's own.
template <class R>
concept ValueRange =
    std::ranges::input_range<const R> && !std::convertible_to<const R&, std::string_view> &&
    !std::convertible_to<const R&, std::span<const std::byte>> &&
    !std::derived_from<R, AttributeVariant> && !std::same_as<R, AttributeArray> &&
    !std::same_as<R, AttributeMap> &&
    !std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<const R>>, R> &&
    std::convertible_to<std::ranges::range_reference_t<const R>, AttributeValue>;
}  // namespace detail

/// The value of an attribute that owns what it holds: bool, std::int64_t, double, std::string,
/// bytes, an array of values or a map. It is a `std::variant`: `std::get`, `std::holds_alternative`
/// and `std::visit` work on it. What `SpanData` and `Resource` hold; recording a span never makes
/// one (see AttributeValueView, also for unsigned integers that are too large). OTLP `AnyValue`.
class AttributeValue : public detail::AttributeVariant {
 public:
  using Bytes = detail::AttributeBytes;
  using Array = detail::AttributeArray;
  using Map = detail::AttributeMap;

  AttributeValue();
  template <std::same_as<bool> T>
  AttributeValue(T value);
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  AttributeValue(T value);
  template <std::floating_point T>
  AttributeValue(T value);
  AttributeValue(const char* text);
  AttributeValue(std::string_view text);
  AttributeValue(std::string text);
  AttributeValue(std::span<const std::byte> bytes);
  AttributeValue(Bytes bytes);
  AttributeValue(Array array);
  AttributeValue(Map map);
  /// Any range of values becomes an array.
  template <detail::ValueRange R>
  AttributeValue(const R& range);

  // Destroyed by a call: where gcc 12 inlines that, it warns programs of uninitialised values.
  AttributeValue(const AttributeValue&) = default;
  AttributeValue(AttributeValue&&) = default;
  AttributeValue& operator=(const AttributeValue&) = default;
  AttributeValue& operator=(AttributeValue&&) = default;
  WEFT_API ~AttributeValue();

  const detail::AttributeVariant& variant() const noexcept { return *this; }
};

/// A key and its value, both owned.
struct Attribute {
  std::string key{};
  AttributeValue value{};
};

inline bool operator==(const AttributeValue& a, const AttributeValue& b);
inline bool operator==(const Attribute& a, const Attribute& b) {
  return a.key == b.key && a.value == b.value;
}
inline bool operator==(const AttributeValue& a, const AttributeValue& b) {
  return a.variant() == b.variant();
}
/// `*data.find("http.route") == "/orders"`: compares with anything that can be a value.
/// The left side takes no conversion: in this namespace `string_view == "text"` must stay theirs.
template <std::same_as<AttributeValue> V, class T>
  requires(!std::derived_from<std::remove_cvref_t<T>, detail::AttributeVariant> &&
           std::constructible_from<AttributeValue, const T&>)
bool operator==(const V& owned, const T& other) {
  return owned == AttributeValue(other);
}

// Here, where Attribute is complete: a constructor needs the variant's destructor.
template <std::same_as<bool> T>
AttributeValue::AttributeValue(T its_value) : detail::AttributeVariant(its_value) {}
template <std::integral T>
  requires(!std::same_as<T, bool>)
AttributeValue::AttributeValue(T its_value)
    : detail::AttributeVariant(static_cast<std::int64_t>(its_value)) {
  if constexpr (std::unsigned_integral<T> && sizeof(T) >= sizeof(std::int64_t)) {
    if (std::get<std::int64_t>(*this) < 0) emplace<std::string>(std::to_string(its_value));
  }
}
template <std::floating_point T>
AttributeValue::AttributeValue(T its_value)
    : detail::AttributeVariant(static_cast<double>(its_value)) {}
inline AttributeValue::AttributeValue() : detail::AttributeVariant(std::string()) {}
inline AttributeValue::AttributeValue(const char* text)
    : detail::AttributeVariant(std::string(text == nullptr ? "" : text)) {}
inline AttributeValue::AttributeValue(std::string_view text)
    : detail::AttributeVariant(std::string(text)) {}
inline AttributeValue::AttributeValue(std::string text)
    : detail::AttributeVariant(std::move(text)) {}
inline AttributeValue::AttributeValue(Bytes bytes) : detail::AttributeVariant(std::move(bytes)) {}
inline AttributeValue::AttributeValue(std::span<const std::byte> bytes)
    : detail::AttributeVariant(Bytes(bytes.begin(), bytes.end())) {}
inline AttributeValue::AttributeValue(Array array) : detail::AttributeVariant(std::move(array)) {}
inline AttributeValue::AttributeValue(Map map) : detail::AttributeVariant(std::move(map)) {}
template <detail::ValueRange R>
AttributeValue::AttributeValue(const R& its_range) : detail::AttributeVariant(Array()) {
  for (const auto& element : its_range) std::get<Array>(*this).emplace_back(element);
}

}  // namespace weft::inline v0
