// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <weft/attribute.hpp>

#include "codec/short_copy.hpp"
#include "codec/wire.hpp"

namespace weft::inline v0::codec {

/// The most bytes that a short attribute or text is written in.
inline constexpr std::size_t kShortAttribute = 2 + 127;

namespace short_attribute {

/// Key and text together; a key beside a number of at most 11 bytes, tag included. Both keep the
/// length of the whole below 128.
inline constexpr std::size_t kMostText = 127 - 2 - 2 - 2;
inline constexpr std::size_t kMostKey = 127 - 2 - 2 - 11;

/// Two tags and two lengths that follow one another, or what begins with them, in one store.
inline void write_word(char* out, std::size_t first, std::size_t second, std::size_t third,
                       std::size_t fourth) noexcept {
  write_fixed32(out,
                static_cast<std::uint32_t>(first | second << 8U | third << 16U | fourth << 24U));
}

/// A field that begins with another one: the tags and lengths of both in one store. The inner one
/// is of `size` bytes, `more` follow it; both lengths are below 128, so that no sum carries.
inline void write_nested(char* out, std::uint32_t tag, std::uint32_t inner_tag, std::size_t size,
                         std::size_t more) noexcept {
  write_fixed32(out, (tag | 2U << 8U | inner_tag << 16U) +
                         static_cast<std::uint32_t>(size) * 0x01000100U +
                         static_cast<std::uint32_t>(more) * 0x100U);
}

/// A number below 2^63 or a negative one; the end.
inline char* write_number(char* out, std::uint32_t number_tag, std::uint64_t number) noexcept {
  if (number < 0x80) {
    write_word(out, common_field::value, 2, number_tag, number);
    return out + 4;
  }
  if (number < 0x4000) {  // a status code
    write_word(out, common_field::value, 3, number_tag, (number & 0x7FU) | 0x80U);
    out[4] = static_cast<char>(number >> 7U);
    return out + 5;
  }
  char* const end = write_varint(out + 3, number);
  out[0] = static_cast<char>(common_field::value);
  out[1] = static_cast<char>(end - out - 2);
  out[2] = static_cast<char>(number_tag);
  return end;
}

}  // namespace short_attribute

/// Writes what stands around a key of at most kMostKey bytes, and the value, where all lengths fit
/// one byte, as nearly always: without loops over bytes. The key lies at `out` + 4, where there is
/// room for kShortAttribute bytes; `high_bits` is not 0 when it is not ASCII. Null when it is not
/// of that kind (too long, not ASCII, a list, a range): nothing counts then, and the general
/// encoder writes it.
[[gnu::always_inline]] inline char* write_around_key(char* out, std::uint32_t field_tag,
                                                     std::size_t key_size, std::uint64_t high_bits,
                                                     const AttributeValueView& value) noexcept {
  using namespace short_attribute;
  using Kind = AttributeValueView::Kind;
  char* const at = out + 4 + key_size;
  char* end = nullptr;
  switch (value.kind()) {
    case Kind::text: {
      const std::string_view text = value.text();
      if (text.size() > kMostText - key_size) return nullptr;
      high_bits |= copy_and_look(at + 4, text.data(), text.size());
      write_nested(at, common_field::value, common_field::string_value, text.size(), 0);
      end = at + 4 + text.size();
      break;
    }
    case Kind::integer:
      if (value.is_beyond_integer()) return nullptr;
      end = write_number(at, common_field::int_value, static_cast<std::uint64_t>(value.integer()));
      break;
    case Kind::boolean:
      end = write_number(at, common_field::bool_value, value.boolean() ? 1 : 0);
      break;
    case Kind::real: {
      const double real = value.real();
      write_word(at, common_field::value, 1 + sizeof real, common_field::double_value, 0);
      end = write_bytes(at + 3, &real, sizeof real);
      break;
    }
    default:
      return nullptr;
  }
  if (high_bits != 0) [[unlikely]]
    return nullptr;
  write_word(out, field_tag, static_cast<std::size_t>(end - out - 2), common_field::key, key_size);
  return end;
}

/// The same for the values that most attributes have, each behind the key; the bytes written. Text
/// is of at most kFew bytes; what tells of ASCII is gathered in `seen`.
[[gnu::always_inline]] inline std::size_t write_behind_key(char* at, std::string_view text,
                                                           std::uint64_t& seen) noexcept {
  copy_few(at + 4, text.data(), text.size(), seen);
  short_attribute::write_nested(at, common_field::value, common_field::string_value, text.size(),
                                0);
  return text.size() + 4;
}
[[gnu::always_inline]] inline std::size_t write_behind_key(char* at, std::int64_t value,
                                                           std::uint64_t& /*seen*/) noexcept {
  const char* const end =
      short_attribute::write_number(at, common_field::int_value, static_cast<std::uint64_t>(value));
  return static_cast<std::size_t>(end - at);
}
[[gnu::always_inline]] inline std::size_t write_behind_key(char* at, bool value,
                                                           std::uint64_t& /*seen*/) noexcept {
  short_attribute::write_word(at, common_field::value, 2, common_field::bool_value, value ? 1 : 0);
  return 4;
}
[[gnu::always_inline]] inline std::size_t write_behind_key(char* at, double value,
                                                           std::uint64_t& /*seen*/) noexcept {
  short_attribute::write_word(at, common_field::value, 1 + sizeof value, common_field::double_value,
                              0);
  std::memcpy(at + 3, &value, sizeof value);
  return 3 + sizeof value;
}

/// A field of text below 128 bytes of ASCII, in the same way; null when it is not of that kind.
/// `out` has room for kShortAttribute bytes.
[[gnu::always_inline]] inline char* write_short_text(char* out, std::uint32_t field_tag,
                                                     std::string_view text) noexcept {
  if (text.size() > 127) return nullptr;
  out[0] = static_cast<char>(field_tag);
  out[1] = static_cast<char>(text.size());
  return copy_and_look(out + 2, text.data(), text.size()) == 0 ? out + 2 + text.size() : nullptr;
}

}  // namespace weft::inline v0::codec
