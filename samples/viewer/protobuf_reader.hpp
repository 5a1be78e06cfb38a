// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace viewer {

/// Reads the fields of one protobuf message, one after the other:
///
///     ProtobufReader reader(bytes);
///     while (reader.next()) {
///       if (reader.number() == 1) name = reader.bytes();
///     }
///     if (!reader.ok()) …  // the bytes are no protobuf message
///
/// Refers to the bytes it is given. Never reads outside of them, whatever they hold: a bad varint,
/// a length beyond the end or an unknown wire type stops it, and `ok()` is false from then on.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view bytes) noexcept : rest_(bytes) {}

  /// Steps to the next field; false at the end and after an error.
  bool next() noexcept {
    if (!ok_ || rest_.empty()) return false;
    const auto tag = take_varint();
    if (!tag || *tag >> 3U == 0 || *tag > UINT32_MAX) return fail();
    number_ = static_cast<std::uint32_t>(*tag >> 3U);
    wire_ = static_cast<Wire>(*tag & 7U);
    return take_value();
  }
  bool ok() const noexcept { return ok_; }

  std::uint32_t number() const noexcept { return number_; }
  /// The field's number, or 0. Whoever asks for a value of the wrong kind gets 0 or empty text: a
  /// field whose kind is not what the schema says counts as absent.
  std::uint64_t integer() const noexcept { return wire_ == Wire::bytes ? 0 : value_; }
  double real() const noexcept {
    return wire_ == Wire::fixed64 ? std::bit_cast<double>(value_) : 0.0;
  }
  std::string_view bytes() const noexcept {
    return wire_ == Wire::bytes ? bytes_ : std::string_view();
  }

 private:
  enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  bool fail() noexcept {
    ok_ = false;
    return false;
  }

  bool take_value() noexcept {
    switch (wire_) {
      case Wire::varint:
        return keep(take_varint());
      case Wire::fixed64:
        return keep(take_fixed(8));
      case Wire::fixed32:
        return keep(take_fixed(4));
      case Wire::bytes: {
        const auto size = take_varint();
        if (!size || *size > rest_.size()) return fail();
        bytes_ = rest_.substr(0, static_cast<std::size_t>(*size));
        rest_.remove_prefix(bytes_.size());
        return true;
      }
    }
    return fail();  // groups, which OTLP does not use, and numbers that mean nothing
  }

  bool keep(std::optional<std::uint64_t> value) noexcept {
    if (!value) return fail();
    value_ = *value;
    return true;
  }

  std::optional<std::uint64_t> take_varint() noexcept {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 10 && i < rest_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(rest_[i]);
      if (i == 9 && byte > 1) return std::nullopt;  // more than 64 bits
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> take_fixed(std::size_t size) noexcept {
    if (rest_.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    }
    rest_.remove_prefix(size);
    return value;
  }

  std::string_view rest_;
  std::string_view bytes_;
  std::uint64_t value_ = 0;
  std::uint32_t number_ = 0;
  Wire wire_ = Wire::varint;
  bool ok_ = true;
};

}  // namespace viewer
