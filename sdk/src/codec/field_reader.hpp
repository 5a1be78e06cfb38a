// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

#include "codec/wire.hpp"

namespace weft::inline v0::codec {

/// One field of a protobuf message: its tag, and its value as number or bytes by the wire type.
struct Field {
  std::uint32_t tag = 0;
  std::uint64_t number = 0;    // kVarint, kFixed64, kFixed32
  std::string_view bytes{};    // kBytes
  std::string_view encoded{};  // tag and all
  std::uint32_t offset = 0;    // of `encoded` in the message

  double real() const noexcept { return std::bit_cast<double>(number); }
};

/// Walks the fields of a message; bounded by its bytes, whatever they hold.
class WEFT_API FieldReader {
 public:
  explicit FieldReader(std::string_view message) noexcept : message_(message) {}
  /// The next field; none at the end, and at the first byte that is no field (`malformed`).
  std::optional<Field> next() noexcept;
  bool malformed() const noexcept { return malformed_; }

 private:
  bool read_varint(std::uint64_t& value) noexcept;
  bool read_content(Field& field) noexcept;

  std::string_view message_;
  std::size_t at_ = 0;
  bool malformed_ = false;
};

/// The key of an encoded KeyValue (its content, without tag and length); "" when it has none.
std::string_view key_of(std::string_view key_value) noexcept;
/// The whole of an encoded KeyValue.
WEFT_API Attribute decode_attribute(std::string_view key_value);
/// The content of an AnyValue. An empty one becomes an empty text.
WEFT_API AttributeValue decode_value(std::string_view any_value);

}  // namespace weft::inline v0::codec
