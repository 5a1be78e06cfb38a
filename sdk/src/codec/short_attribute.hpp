// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <weft/attribute.hpp>

#include "codec/short_copy.hpp"
#include "codec/wire.hpp"

namespace weft::inline v0::codec {

/// The most bytes that `write_short_attribute` writes.
inline constexpr std::size_t kShortAttribute = 2 + 127;

/// Writes an attribute all of whose lengths fit one byte, which nearly every attribute is, without
/// branches on sizes. `out` has room for kShortAttribute bytes. Null when it is not of that kind (too
/// long, not ASCII, a list, a range): nothing counts then, and the general encoder writes it.
inline char* write_short_attribute(char* out, std::uint32_t field_tag, std::string_view key,
                                   const AttributeValueView& value) noexcept {
  using Kind = AttributeValueView::Kind;
  constexpr std::size_t kFrame = 2 + 2 + 2;  // KeyValue, key and value: tag and length each
  const std::size_t payload = value.kind() == Kind::text ? value.text().size() + 2 : 11;
  if (key.size() + payload + kFrame - 2 > 127) return nullptr;
  char* p = out + 2;
  *p++ = static_cast<char>(common_field::key);
  *p++ = static_cast<char>(key.size());
  if (!copy_ascii(p, key.data(), key.size())) return nullptr;
  p += key.size();
  *p++ = static_cast<char>(common_field::value);
  char* const any_value = p + 1;
  char* end = any_value + 1;
  switch (value.kind()) {
    case Kind::text: {
      const std::string_view text = value.text();
      *any_value = static_cast<char>(common_field::string_value);
      *end++ = static_cast<char>(text.size());
      if (!copy_ascii(end, text.data(), text.size())) return nullptr;
      end += text.size();
      break;
    }
    case Kind::integer:
      if (value.is_beyond_integer()) return nullptr;
      *any_value = static_cast<char>(common_field::int_value);
      end = write_varint(end, static_cast<std::uint64_t>(value.integer()));
      break;
    case Kind::boolean:
      *any_value = static_cast<char>(common_field::bool_value);
      *end++ = value.boolean() ? 1 : 0;
      break;
    case Kind::real: {
      const double real = value.real();
      *any_value = static_cast<char>(common_field::double_value);
      end = write_bytes(end, &real, sizeof real);
      break;
    }
    default:
      return nullptr;
  }
  *p = static_cast<char>(end - any_value);
  out[0] = static_cast<char>(field_tag);
  out[1] = static_cast<char>(end - out - 2);
  return end;
}

/// A field of text below 128 bytes of ASCII, in the same way; null when it is not of that kind.
/// `out` has room for kShortAttribute bytes.
inline char* write_short_text(char* out, std::uint32_t field_tag, std::string_view text) noexcept {
  if (text.size() > 127) return nullptr;
  out[0] = static_cast<char>(field_tag);
  out[1] = static_cast<char>(text.size());
  return copy_ascii(out + 2, text.data(), text.size()) ? out + 2 + text.size() : nullptr;
}

}  // namespace weft::inline v0::codec
