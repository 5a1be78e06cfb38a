// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0 {

struct Attribute;
namespace detail {
struct AttributeEntry;
}
class AttributeValue;

namespace detail {
using AttributeArray = std::vector<AttributeValue>;
using AttributeMap = std::vector<Attribute>;
using AttributeBytes = std::vector<std::byte>;
using AttributeVariant = std::variant<bool, std::int64_t, double, std::string, AttributeBytes,
                                      AttributeArray, AttributeMap>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;  // a range of one in C++26

template <class T>
concept TextLike = std::convertible_to<const T&, std::string_view>;

/// Converted, not constructed: a type that is a `const char*` too would leave the choice open.
template <TextLike T>
constexpr std::string_view text_of(const T& its_text) noexcept(
    std::is_nothrow_convertible_v<const T&, std::string_view>) {
  return its_text;
}

/// A std::filesystem::path, whose header nobody has to include for us.
template <class T>
concept PathLike = !TextLike<T> && requires(const T& path) {
  { path.native() } -> std::same_as<const std::string&>;
};

/// Every enumeration stands for its number; but a std::byte is no number.
template <class T>
concept NumberedEnum = std::is_enum_v<T> && !std::same_as<T, std::byte>;

template <class T>
concept PairLike = requires(const T& pair) {
  { pair.first } -> std::convertible_to<std::string_view>;
  pair.second;
};

template <class T>
concept KeyValueLike = requires(const T& entry) {
  { entry.key } -> std::convertible_to<std::string_view>;
  entry.value;
};

/// A range that is neither text nor bytes nor one of the variant's own.
template <class R>
concept OwnableRange =
    std::ranges::input_range<const R> && !TextLike<R> && !kIsOptional<R> &&
    !std::convertible_to<const R&, std::span<const std::byte>> &&
    !std::derived_from<R, AttributeVariant> && !std::same_as<R, AttributeArray> &&
    !std::same_as<R, AttributeMap> &&
    !std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<const R>>, R>;
template <class R>
concept ValueRange =
    OwnableRange<R> && std::convertible_to<std::ranges::range_reference_t<const R>, AttributeValue>;

/// A map from text to values, or a range of `Attribute` other than a vector.
template <class R>
concept ValueMap =
    OwnableRange<R> && !ValueRange<R> &&
    (requires(std::ranges::range_reference_t<const R> entry) {
      { entry.first } -> std::convertible_to<std::string_view>;
      { entry.second } -> std::convertible_to<AttributeValue>;
    } || requires(std::ranges::range_reference_t<const R> entry) {
      { entry.key } -> std::convertible_to<std::string_view>;
      { entry.value } -> std::convertible_to<AttributeValue>;
    });

/// What several of in braces are an array: `{1, 2, 3}`, `{"a", "b"}`, all of one type.
template <class T>
concept ListedValue =
    std::is_arithmetic_v<T> || std::same_as<T, const char*> || std::same_as<T, std::string_view>;
}  // namespace detail

/// The value of an attribute that owns what it holds: bool, std::int64_t, double, std::string,
/// bytes, an array of values or a map. It is a `std::variant`: `std::get`, `std::holds_alternative`
/// and `std::visit` work on it. What `SpanData` and `Resource` hold; recording a span never makes
/// one (see AttributeValueView, also for unsigned integers that are too large). OTLP `AnyValue`.
/// Made from what an AttributeValueView is made from, `{1, 2}` and `{{"key", value}, …}` among it
/// (a single number or text in braces is itself), but from no std::optional: it has no null.
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
  template <detail::NumberedEnum T>
  AttributeValue(T value);
  AttributeValue(const char* text);
  AttributeValue(std::string_view text);
  AttributeValue(std::string text);
  template <detail::TextLike T>
    requires(std::is_class_v<T> && !std::same_as<T, std::string> &&
             !std::same_as<T, std::string_view> && !std::derived_from<T, detail::AttributeVariant>)
  AttributeValue(const T& text);
  template <detail::PathLike T>
  AttributeValue(const T& path);
  AttributeValue(std::span<const std::byte> bytes);
  AttributeValue(Bytes bytes);
  AttributeValue(Array array);
  AttributeValue(Map map);
  /// Any range of values becomes an array.
  template <detail::ValueRange R>
  AttributeValue(const R& range);
  /// A map from text to values becomes a map.
  template <detail::ValueMap R>
  AttributeValue(const R& map);
  template <detail::ListedValue T>
  AttributeValue(std::initializer_list<T> array);
  /// Texts in braces, two or more: a list of them would copy a single one that could be moved.
  template <std::same_as<std::string>... Text>
    requires(sizeof...(Text) >= 2)
  AttributeValue(Text... texts);
  AttributeValue(std::initializer_list<detail::AttributeEntry> map);

  // Destroyed by a call: where gcc 12 inlines that, it warns programs of uninitialised values.
  AttributeValue(const AttributeValue& other);
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

namespace detail {
/// An element of a braced map: a key alone is none, as it would be of an aggregate.
struct AttributeEntry {
  AttributeEntry(std::string key, AttributeValue value)
      : attribute{std::move(key), std::move(value)} {}
  AttributeEntry(Attribute its_attribute) : attribute(std::move(its_attribute)) {}
  Attribute attribute;
};
}  // namespace detail

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
template <detail::NumberedEnum T>
AttributeValue::AttributeValue(T its_value)
    : AttributeValue(static_cast<std::underlying_type_t<T>>(its_value)) {}
// A whole value first, which is assigned to: libstdc++ 12 takes a variant of these alternatives for
// never valueless, and destroys as if it were whole what its own copy has not come to the end of.
inline AttributeValue::AttributeValue(const AttributeValue& other)
    : detail::AttributeVariant(false) {
  std::visit([this]<class T>(const T& its_value) { emplace<T>() = its_value; }, other.variant());
}
inline AttributeValue::AttributeValue() : detail::AttributeVariant(std::string()) {}
inline AttributeValue::AttributeValue(const char* text)
    : detail::AttributeVariant(std::string(text == nullptr ? "" : text)) {}
inline AttributeValue::AttributeValue(std::string_view text)
    : detail::AttributeVariant(std::string(text)) {}
inline AttributeValue::AttributeValue(std::string text)
    : detail::AttributeVariant(std::move(text)) {}
template <detail::TextLike T>
  requires(std::is_class_v<T> && !std::same_as<T, std::string> &&
           !std::same_as<T, std::string_view> && !std::derived_from<T, detail::AttributeVariant>)
AttributeValue::AttributeValue(const T& its_text) : AttributeValue(detail::text_of(its_text)) {}
template <detail::PathLike T>
AttributeValue::AttributeValue(const T& its_path) : AttributeValue(its_path.native()) {}
inline AttributeValue::AttributeValue(Bytes bytes) : detail::AttributeVariant(std::move(bytes)) {}
inline AttributeValue::AttributeValue(std::span<const std::byte> bytes)
    : detail::AttributeVariant(Bytes(bytes.begin(), bytes.end())) {}
inline AttributeValue::AttributeValue(Array array) : detail::AttributeVariant(std::move(array)) {}
inline AttributeValue::AttributeValue(Map map) : detail::AttributeVariant(std::move(map)) {}
template <detail::ValueRange R>
AttributeValue::AttributeValue(const R& its_range) : detail::AttributeVariant(Array()) {
  for (const auto& element : its_range) std::get<Array>(*this).emplace_back(element);
}
template <detail::ValueMap R>
AttributeValue::AttributeValue(const R& its_map) : detail::AttributeVariant(Map()) {
  const auto add = [this](std::string_view its_key, const auto& its_value) {
    std::get<Map>(*this).push_back({std::string(its_key), AttributeValue(its_value)});
  };
  for (const auto& entry : its_map) {
    if constexpr (detail::PairLike<std::remove_cvref_t<decltype(entry)>>) {
      add(entry.first, entry.second);
    } else {
      add(entry.key, entry.value);
    }
  }
}
template <detail::ListedValue T>
AttributeValue::AttributeValue(std::initializer_list<T> its_array)
    : detail::AttributeVariant(Array()) {
  if (its_array.size() == 1) {
    *this = AttributeValue(*its_array.begin());
  } else {
    std::get<Array>(*this).assign(its_array.begin(), its_array.end());
  }
}
template <std::same_as<std::string>... Text>
  requires(sizeof...(Text) >= 2)
AttributeValue::AttributeValue(Text... its_texts) : detail::AttributeVariant(Array()) {
  (std::get<Array>(*this).emplace_back(std::move(its_texts)), ...);
}
inline AttributeValue::AttributeValue(std::initializer_list<detail::AttributeEntry> map)
    : detail::AttributeVariant(Map()) {
  for (const detail::AttributeEntry& entry : map) std::get<Map>(*this).push_back(entry.attribute);
}

}  // namespace weft::inline v0
