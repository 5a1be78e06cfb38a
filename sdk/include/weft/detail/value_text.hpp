// SPDX-License-Identifier: Apache-2.0
#pragma once

// How `dump` writes a value of any type. Not part of the public face.

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// `"text"`, its control characters and quotes spelled, cut after a few hundred bytes.
WEFT_API void append_quoted(std::string& out, std::string_view text);
WEFT_API void append_number(std::string& out, long long number);
WEFT_API void append_number(std::string& out, unsigned long long number);
WEFT_API void append_number(std::string& out, double number);
/// `<Type>`, for what has no text.
WEFT_API void append_type(std::string& out, const std::type_info& type);

template <class T>
concept TextValue = std::convertible_to<const T&, std::string_view>;
template <class T>
concept SpellsItself = requires(const T& value) {
  { value.to_string() } -> std::convertible_to<std::string_view>;
};

template <class T>
void append_arithmetic(std::string& out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    append_number(out, static_cast<double>(value));
  } else if constexpr (std::is_signed_v<T>) {
    append_number(out, static_cast<long long>(value));
  } else {
    append_number(out, static_cast<unsigned long long>(value));
  }
}

template <class T>
void append_value(std::string& out, const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    append_arithmetic(out, value);
  } else if constexpr (std::is_enum_v<T>) {
    append_arithmetic(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_pointer_v<T> && TextValue<T>) {
    value != nullptr ? append_quoted(out, value) : void(out += "null");
  } else if constexpr (TextValue<T>) {
    append_quoted(out, value);
  } else if constexpr (SpellsItself<T>) {
    append_quoted(out, value.to_string());
  } else {
    append_type(out, typeid(T));
  }
}

template <class T>
void write_value(const void* value, std::string& out) {
  append_value(out, *static_cast<const T*>(value));
}

}  // namespace weft::inline v0::detail
