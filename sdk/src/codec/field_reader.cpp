// SPDX-License-Identifier: Apache-2.0
#include "codec/field_reader.hpp"

#include <cstring>

namespace weft::inline v0::codec {

bool FieldReader::read_varint(std::uint64_t& value) noexcept {
  value = 0;
  for (unsigned shift = 0; shift < 64 && at_ < message_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(message_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return true;
  }
  return false;
}

bool FieldReader::read_content(Field& field) noexcept {
  const std::size_t left = message_.size() - at_;
  switch (field.tag & 7U) {
    case kVarint:
      return read_varint(field.number);
    case kFixed64:
      if (left < 8) return false;
      std::memcpy(&field.number, message_.data() + at_, 8);
      at_ += 8;
      return true;
    case kFixed32: {
      std::uint32_t number = 0;
      if (left < 4) return false;
      std::memcpy(&number, message_.data() + at_, 4);
      field.number = number;
      at_ += 4;
      return true;
    }
    case kBytes: {
      std::uint64_t size = 0;
      if (!read_varint(size) || size > message_.size() - at_) return false;
      field.bytes = message_.substr(at_, static_cast<std::size_t>(size));
      at_ += static_cast<std::size_t>(size);
      return true;
    }
    default:
      return false;
  }
}

std::optional<Field> FieldReader::next() noexcept {
  if (malformed_ || at_ >= message_.size()) return std::nullopt;
  const std::size_t begin = at_;
  Field field;
  std::uint64_t field_tag = 0;
  if (!read_varint(field_tag) || field_tag > 0xFFFFFFFFU) {
    malformed_ = true;
    return std::nullopt;
  }
  field.tag = static_cast<std::uint32_t>(field_tag);
  field.offset = static_cast<std::uint32_t>(begin);
  malformed_ = !read_content(field);
  if (malformed_) return std::nullopt;
  field.encoded = message_.substr(begin, at_ - begin);
  return field;
}

std::string_view key_of(std::string_view key_value) noexcept {
  FieldReader reader(key_value);
  const std::optional<Field> first = reader.next();  // we write the key first
  return first && first->tag == common_field::key ? first->bytes : std::string_view();
}

namespace {

AttributeValue decode_value_at(std::string_view any_value, std::size_t depth);
Attribute decode_attribute_at(std::string_view key_value, std::size_t depth);

AttributeValue decode_array(std::string_view array, std::size_t depth) {
  AttributeValue::Array values;
  FieldReader reader(array);
  while (const auto field = reader.next()) {
    if (field->tag != common_field::list_values) continue;
    values.push_back(decode_value_at(field->bytes, depth));
  }
  return values;
}

AttributeValue decode_map(std::string_view map, std::size_t depth) {
  AttributeValue::Map entries;
  FieldReader reader(map);
  while (const auto field = reader.next()) {
    if (field->tag != common_field::list_values) continue;
    entries.push_back(decode_attribute_at(field->bytes, depth));
  }
  return entries;
}

AttributeValue decode_bytes(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  return AttributeValue::Bytes(data, data + bytes.size());
}

AttributeValue decode_value_at(std::string_view any_value, std::size_t depth) {
  if (depth > kMaximumDepth) return {};
  FieldReader reader(any_value);
  const std::optional<Field> field = reader.next();
  if (!field) return {};
  switch (field->tag) {
    case common_field::string_value:
      return std::string(field->bytes);
    case common_field::bool_value:
      return field->number != 0;
    case common_field::int_value:
      return static_cast<std::int64_t>(field->number);
    case common_field::double_value:
      return field->real();
    case common_field::array_value:
      return decode_array(field->bytes, depth + 1);
    case common_field::kvlist_value:
      return decode_map(field->bytes, depth + 1);
    case common_field::bytes_value:
      return decode_bytes(field->bytes);
    default:
      return {};
  }
}

Attribute decode_attribute_at(std::string_view key_value, std::size_t depth) {
  Attribute attribute;
  FieldReader reader(key_value);
  while (const auto field = reader.next()) {
    if (field->tag == common_field::key) attribute.key = field->bytes;
    if (field->tag == common_field::value) attribute.value = decode_value_at(field->bytes, depth);
  }
  return attribute;
}

}  // namespace

AttributeValue decode_value(std::string_view any_value) { return decode_value_at(any_value, 0); }

Attribute decode_attribute(std::string_view key_value) { return decode_attribute_at(key_value, 0); }

}  // namespace weft::inline v0::codec
