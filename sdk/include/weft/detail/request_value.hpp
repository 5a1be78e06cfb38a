// SPDX-License-Identifier: Apache-2.0
#pragma once

// What RequestContext keeps. Not part of the public face.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <weft/detail/value_text.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

template <class V>
concept KeptAsText =
    std::convertible_to<V, std::string_view> && !std::same_as<std::decay_t<V>, std::nullptr_t>;

template <class T>
inline constexpr bool kIsInteger = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class T>
inline constexpr bool kIsWideUnsigned = std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t);

/// What a value is kept as: text as std::string, numbers as the widest of their kind, so that they
/// can be asked for as any number that holds them.
template <class V>
using Kept = std::conditional_t<
    KeptAsText<V>, std::string,
    std::conditional_t<std::is_floating_point_v<std::decay_t<V>>, double,
                       std::conditional_t<!kIsInteger<std::decay_t<V>>, std::decay_t<V>,
                                          std::conditional_t<kIsWideUnsigned<std::decay_t<V>>,
                                                             std::uint64_t, std::int64_t>>>>;

/// What `get(key, fallback)` gives: text for text, else the fallback's own type.
template <class F>
using Fallback = std::conditional_t<KeptAsText<F>, std::string, std::decay_t<F>>;

/// A value of any type that request contexts share: immutable once made.
class RequestValue {
 public:
  template <class V>
    requires(!std::same_as<std::remove_cvref_t<V>, RequestValue>)
  RequestValue(V&& its_value)
      : value_(std::make_shared<const Kept<V>>(kept(std::forward<V>(its_value)))),
        type_(&typeid(Kept<V>)),
        write_(&write_plainly<Kept<V>>) {}

  /// The value as T, empty when it is no T.
  template <class T>
  std::optional<T> as() const {
    if constexpr (kIsInteger<T>) {
      if (const auto* number = exactly<std::int64_t>()) return narrowed<T>(*number);
      if (const auto* number = exactly<std::uint64_t>()) return narrowed<T>(*number);
    } else if constexpr (std::is_floating_point_v<T>) {
      if (const auto* number = exactly<double>()) return static_cast<T>(*number);
      if (const auto* number = exactly<std::int64_t>()) return static_cast<T>(*number);
      if (const auto* number = exactly<std::uint64_t>()) return static_cast<T>(*number);
    } else if (const T* found = exactly<T>()) {
      return *found;
    }
    return std::nullopt;
  }
  /// Text as it is; other values as `dump` writes them.
  std::string text() const {
    std::string out;
    write_(value_.get(), out);
    return out;
  }

 private:
  template <class V>
  static Kept<V> kept(V&& value) {
    if constexpr (KeptAsText<V>) {
      return std::string(std::string_view(std::forward<V>(value)));
    } else {
      return static_cast<Kept<V>>(std::forward<V>(value));
    }
  }
  template <class T>
  static void write_plainly(const void* value, std::string& out) {
    if constexpr (std::same_as<T, std::string>) {
      out += *static_cast<const std::string*>(value);
    } else {
      write_value<T>(value, out);
    }
  }
  template <class T>
  const T* exactly() const noexcept {
    return *type_ == typeid(T) ? static_cast<const T*>(value_.get()) : nullptr;
  }
  template <class T, class Number>
  static std::optional<T> narrowed(Number number) noexcept {
    const T value = static_cast<T>(number);
    const bool is_same =
        static_cast<Number>(value) == number && (value < T(0)) == (number < Number(0));
    return is_same ? std::optional<T>(value) : std::nullopt;
  }

  std::shared_ptr<const void> value_;
  const std::type_info* type_;
  void (*write_)(const void*, std::string&);
};

}  // namespace weft::inline v0::detail
