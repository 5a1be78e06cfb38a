// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

class AttributeValueView;
struct AttributeView;

namespace detail {

/// Where a range writes its elements while a record is being filled. Opaque outside the library.
class ValueWriter;
WEFT_API void write_element(ValueWriter& out, const AttributeValueView& value);
WEFT_API void write_entry(ValueWriter& out, std::string_view key, const AttributeValueView& value);

template <class T>
concept ByteRange = std::convertible_to<const T&, std::span<const std::byte>>;

template <class T>
using Element = std::remove_cvref_t<std::ranges::range_reference_t<T>>;

template <class T>
concept ElementRange =
    std::ranges::input_range<T> && !TextLike<std::remove_cvref_t<T>> &&
    !ByteRange<std::remove_cvref_t<T>> && !kIsOptional<std::remove_cvref_t<T>> &&
    !std::same_as<Element<T>, std::remove_cvref_t<T>> &&  // a path is a range of paths
    !std::derived_from<std::remove_cvref_t<T>, AttributeVariant>;

/// A range of `Attribute`, or any map from text to a value.
template <class T>
concept AttributeRange = ElementRange<T> && (PairLike<Element<T>> || KeyValueLike<Element<T>>);

/// The types that the elements of a braced array may have, `{"a", "b"}` or `{1, 2, 3}`: all the
/// same one. No std::string: braces copy it, and who keeps an AttributeValueView would keep the
/// copy's address.
template <class... T>
struct Listable {
  template <class E>
  static constexpr bool kHas = (std::same_as<E, T> || ...);
  template <class E>
  static constexpr std::uint8_t number_of() noexcept {
    std::uint8_t number = 0;
    static_cast<void>(((std::same_as<E, T> || (++number, false)) || ...));
    return number;
  }
  /// Calls `take` with the elements, of the type of that number, as a span.
  template <class F>
  static void visit(std::uint8_t number, const void* first, std::size_t size, F take) {
    static_cast<void>(
        ((number-- == 0 && (take(std::span(static_cast<const T*>(first), size)), true)) || ...));
  }
};
using ListableTypes =
    Listable<bool, short, unsigned short, int, unsigned int, long, unsigned long, long long,
             unsigned long long, float, double, const char*, std::string_view>;

/// Writes every element of `*range`; may throw what the range throws.
template <class R>
void write_range(const void* range, ValueWriter& out);

}  // namespace detail

/// The value of an attribute as it is handed to a call: refers to the caller's data, which is
/// copied before the call returns. Made implicitly from bool, every integer, float and double,
/// anything convertible to `std::string_view`, an enumeration (its number), a filesystem path, a
/// `std::optional` of these, `std::span<const std::byte>`, ranges of these (nested too),
/// `{"a", "b"}` (an array of two or more numbers, truth values or texts, all of one type, and no
/// std::string; a single one in braces is itself), `{{"key", value}, …}` (a map), and
/// `AttributeValue`. An unsigned value above the range of a signed 64-bit integer becomes its
/// decimal text, since OTLP has no such integer.
/// There is no null value: an optional that holds nothing leaves its attribute out. In an array it
/// keeps its place, as a value that is empty. A null `const char*` is taken for empty text rather
/// than followed.
class AttributeValueView {
 public:
  enum class Kind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    bytes,
    list,
    array,
    map,
    value,
    braced
  };

  template <std::same_as<bool> T>
  constexpr AttributeValueView(T value) noexcept : kind_(Kind::boolean), boolean_(value) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  constexpr AttributeValueView(T value) noexcept
      : kind_(Kind::integer),
        is_unsigned_(std::unsigned_integral<T> && sizeof(T) >= sizeof(std::int64_t)),
        integer_(static_cast<std::int64_t>(value)) {}
  template <detail::NumberedEnum T>
  constexpr AttributeValueView(T value) noexcept
      : AttributeValueView(static_cast<std::underlying_type_t<T>>(value)) {}
  template <std::floating_point T>
  constexpr AttributeValueView(T value) noexcept
      : kind_(Kind::real), real_(static_cast<double>(value)) {}
  constexpr AttributeValueView(const char* text) noexcept
      : AttributeValueView(text == nullptr ? std::string_view() : std::string_view(text)) {}
  constexpr AttributeValueView(std::string_view text) noexcept
      : kind_(Kind::text), data_{text.data(), text.size()} {}
  template <detail::TextLike T>
    requires(!std::is_pointer_v<T> && !std::is_null_pointer_v<T> && !std::is_array_v<T> &&
             !std::same_as<T, AttributeValueView> &&
             !std::derived_from<T, detail::AttributeVariant>)
  constexpr AttributeValueView(const T& text) noexcept(
      std::is_nothrow_convertible_v<const T&, std::string_view>)
      : AttributeValueView(detail::text_of(text)) {}
  template <detail::PathLike T>
  AttributeValueView(const T& its_path) noexcept
      : AttributeValueView(std::string_view(its_path.native())) {}
  template <class T>
    requires std::constructible_from<AttributeValueView, const T&>
  AttributeValueView(const std::optional<T>& value) noexcept(
      std::is_nothrow_constructible_v<AttributeValueView, const T&>)
      : kind_(Kind::map), range_{nullptr, nullptr} {
    if (value) *this = AttributeValueView(*value);
  }
  AttributeValueView(std::span<const std::byte> bytes) noexcept
      : kind_(Kind::bytes), data_{bytes.data(), bytes.size()} {}
  template <detail::ByteRange T>
    requires(!detail::TextLike<T> && !std::same_as<T, std::span<const std::byte>>)
  AttributeValueView(const T& bytes) noexcept
      : AttributeValueView(static_cast<std::span<const std::byte>>(bytes)) {}
  AttributeValueView(std::initializer_list<AttributeView> map) noexcept;
  template <class T>
    requires(detail::ListableTypes::kHas<T>)
  AttributeValueView(std::initializer_list<T> array) noexcept
      : kind_(Kind::braced),
        braced_{array.begin(), static_cast<std::uint32_t>(array.size()),
                detail::ListableTypes::number_of<T>()} {
    if (array.size() == 1) *this = AttributeValueView(*array.begin());
  }
  AttributeValueView(const AttributeValue& value) noexcept : kind_(Kind::value), data_{&value, 0} {}
  template <class R>
    requires detail::ElementRange<R>
  AttributeValueView(R&& its_range) noexcept
      : kind_(detail::AttributeRange<R> ? Kind::map : Kind::array),
        range_{std::addressof(its_range), &detail::write_range<std::remove_reference_t<R>>} {}

  constexpr Kind kind() const noexcept { return kind_; }
  /// An optional that holds nothing. Of the kind `map`, since it goes the way of the ranges: it is
  /// looked at before anything is written.
  bool is_absent() const noexcept { return kind_ == Kind::map && range_.pointer == nullptr; }
  constexpr bool boolean() const noexcept { return boolean_; }
  constexpr std::int64_t integer() const noexcept { return integer_; }
  /// The integer was unsigned and does not fit: `integer()` holds its bits.
  constexpr bool is_beyond_integer() const noexcept { return is_unsigned_ && integer_ < 0; }
  constexpr double real() const noexcept { return real_; }
  std::string_view text() const noexcept {
    return {static_cast<const char*>(data_.pointer), data_.size};
  }
  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(data_.pointer), data_.size};
  }
  std::span<const AttributeView> list() const noexcept;
  const AttributeValue& value() const noexcept {
    return *static_cast<const AttributeValue*>(data_.pointer);
  }
  /// Calls `take` with the elements of a `braced` array, as a span of their type.
  template <class F>
  void visit_braced(F take) const {
    detail::ListableTypes::visit(braced_.type, braced_.pointer, braced_.size, take);
  }
  /// Writes the elements of an `array` or `map`; may throw what the user's range throws.
  void write_range_to(detail::ValueWriter& out) const { range_.write(range_.pointer, out); }

 private:
  struct Data {
    const void* pointer;
    std::size_t size;
  };
  struct Range {
    const void* pointer;
    void (*write)(const void*, detail::ValueWriter&);
  };

  struct Braced {
    const void* pointer;
    std::uint32_t size;
    std::uint8_t type;  // of the elements
  };

  Kind kind_;
  bool is_unsigned_ = false;
  union {
    bool boolean_;
    std::int64_t integer_;
    double real_;
    Data data_;
    Range range_;
    Braced braced_;
  };
};

/// A key and a value as they are handed to a call: what the inner braces of
/// `{{"amount", 42}, {"card.brand", "visa"}}` make.
struct AttributeView {
  constexpr AttributeView(std::string_view name, const AttributeValueView& content) noexcept
      : key(name), value(content) {}
  AttributeView(const Attribute& attribute) noexcept : key(attribute.key), value(attribute.value) {}

  std::string_view key;
  AttributeValueView value;
};

inline AttributeValueView::AttributeValueView(std::initializer_list<AttributeView> map) noexcept
    : kind_(Kind::list), data_{map.begin(), map.size()} {}

inline std::span<const AttributeView> AttributeValueView::list() const noexcept {
  return {static_cast<const AttributeView*>(data_.pointer), data_.size};
}

template <class R>
void detail::write_range(const void* range, ValueWriter& out) {
  // The constness was dropped to erase the type; R says whether the caller's range is const.
  auto& elements = *static_cast<R*>(const_cast<void*>(range));
  for (auto&& element : elements) {
    using E = std::remove_cvref_t<decltype(element)>;
    if constexpr (PairLike<E>) {
      write_entry(out, element.first, AttributeValueView(element.second));
    } else if constexpr (KeyValueLike<E>) {
      write_entry(out, element.key, AttributeValueView(element.value));
    } else if constexpr (std::same_as<std::ranges::range_value_t<R>, bool>) {
      write_element(out, AttributeValueView(static_cast<bool>(element)));  // vector<bool>'s proxy
    } else {
      write_element(out, AttributeValueView(element));
    }
  }
}

}  // namespace weft::inline v0
