// SPDX-License-Identifier: Apache-2.0
#include "codec/value_encoder.hpp"

#include <charconv>
#include <variant>

#include "codec/utf8.hpp"

namespace weft::inline v0 {

/// Hands the elements of an erased range to the encoder, or the entries of a map to a caller.
class detail::ValueWriter {
 public:
  codec::ByteWriter* out = nullptr;
  const codec::ValueLimits* limits = nullptr;
  std::size_t depth = 0;
  codec::EntrySink sink = nullptr;
  void* sink_state = nullptr;
};

namespace codec {

namespace {

using Kind = AttributeValueView::Kind;

void write_value(ByteWriter& out, const AttributeValueView& value, const ValueLimits& limits,
                 std::size_t depth);

// The bytes of an AnyValue that holds `value`; 0 where that is not known without writing it.
std::size_t scalar_size(const AttributeValueView& value) noexcept {
  switch (value.kind()) {
    case Kind::boolean:
      return 2;
    case Kind::integer:
      return value.is_beyond_integer()
                 ? 0
                 : 1 + varint_size(static_cast<std::uint64_t>(value.integer()));
    case Kind::real:
      return 9;
    case Kind::text:
    case Kind::bytes: {
      const std::size_t size = value.text().size();
      return 1 + varint_size(size) + size;
    }
    default:
      return 0;
  }
}

char* write_scalar(char* out, const AttributeValueView& value) noexcept {
  switch (value.kind()) {
    case Kind::boolean:
      *out++ = static_cast<char>(common_field::bool_value);
      *out++ = value.boolean() ? 1 : 0;
      return out;
    case Kind::integer:
      *out++ = static_cast<char>(common_field::int_value);
      return write_varint(out, static_cast<std::uint64_t>(value.integer()));
    case Kind::real: {
      *out++ = static_cast<char>(common_field::double_value);
      const double real = value.real();
      return write_bytes(out, &real, sizeof real);
    }
    default: {
      const std::string_view text = value.text();
      *out++ = static_cast<char>(value.kind() == Kind::text ? common_field::string_value
                                                            : common_field::bytes_value);
      return write_bytes(write_varint(out, text.size()), text.data(), text.size());
    }
  }
}

// Text that can be copied as it is: the usual case.
bool is_plain(const AttributeValueView& value, const ValueLimits& limits) noexcept {
  if (value.kind() == Kind::text) {
    return value.text().size() <= limits.length && is_utf8(value.text());
  }
  return value.kind() != Kind::bytes || value.bytes().size() <= limits.length;
}

void write_beyond_integer(ByteWriter& out, const AttributeValueView& value) {
  char digits[24];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(value.integer()))
          .ptr;
  out.write_text(common_field::string_value,
                 std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

void write_owned(ByteWriter& out, const AttributeValue& value, const ValueLimits& limits,
                 std::size_t depth) {
  std::visit([&](const auto& held) { write_value(out, AttributeValueView(held), limits, depth); },
             value.variant());
}

void write_nested(ByteWriter& out, const AttributeValueView& value, const ValueLimits& limits,
                  std::size_t depth) {
  if (depth >= limits.depth || depth >= kMaximumDepth) return;  // an AnyValue that holds nothing
  const bool is_array = value.kind() == Kind::array || value.kind() == Kind::braced;
  const std::uint32_t message =
      out.begin_message(is_array ? common_field::array_value : common_field::kvlist_value);
  detail::ValueWriter inner{&out, &limits, depth + 1, nullptr, nullptr};
  if (value.kind() == Kind::list) {
    for (const AttributeView& entry : value.list()) {
      detail::write_entry(inner, entry.key, entry.value);
    }
  } else if (value.kind() == Kind::braced) {
    value.visit_braced([&](const auto& elements) {
      for (const auto& element : elements) detail::write_element(inner, element);
    });
  } else {
    value.write_range_to(inner);
  }
  out.end_message(message);
}

// An AnyValue's content, piece by piece.
void write_value(ByteWriter& out, const AttributeValueView& value, const ValueLimits& limits,
                 std::size_t depth) {
  switch (value.kind()) {
    case Kind::text:
      return out.write_text(common_field::string_value,
                            first_characters(value.text(), limits.length));
    case Kind::bytes: {
      const std::string_view bytes = value.text().substr(0, limits.length);
      out.write_tag_and_length(common_field::bytes_value, bytes.size());
      return out.write(bytes.data(), bytes.size());
    }
    case Kind::value:
      return write_owned(out, value.value(), limits, depth);
    case Kind::map:
      if (value.is_absent()) return;  // an AnyValue that holds nothing
      [[fallthrough]];
    case Kind::list:
    case Kind::braced:
    case Kind::array:
      return write_nested(out, value, limits, depth);
    default: {
      if (value.kind() == Kind::integer && value.is_beyond_integer()) {
        return write_beyond_integer(out, value);
      }
      char text[16];
      return out.write(text, static_cast<std::size_t>(write_scalar(text, value) - text));
    }
  }
}

// Key and scalar value in one piece of memory: the way of nearly every attribute.
bool write_at_once(ByteWriter& out, std::uint32_t field_tag, std::string_view key,
                   const AttributeValueView& value, std::size_t value_size) noexcept {
  const std::size_t size =
      1 + varint_size(key.size()) + key.size() + 1 + varint_size(value_size) + value_size;
  char* p = out.contiguous(1 + varint_size(size) + size);
  if (p == nullptr) return false;
  *p++ = static_cast<char>(field_tag);
  p = write_varint(p, size);
  *p++ = static_cast<char>(common_field::key);
  p = write_bytes(write_varint(p, key.size()), key.data(), key.size());
  *p++ = static_cast<char>(common_field::value);
  out.advance_to(write_scalar(write_varint(p, value_size), value));
  return true;
}

void write_key_value(ByteWriter& out, std::uint32_t field_tag, std::string_view key,
                     const AttributeValueView& value, const ValueLimits& limits,
                     std::size_t depth) {
  const std::size_t value_size = scalar_size(value);
  if (value_size != 0 && is_plain(value, limits) && is_utf8(key) &&
      write_at_once(out, field_tag, key, value, value_size)) {
    return;
  }
  const std::uint32_t message = out.begin_message(field_tag);
  out.write_text(common_field::key, key);
  const std::uint32_t any_value = out.begin_message(common_field::value);
  write_value(out, value, limits, depth);
  out.end_message(any_value);
  out.end_message(message);
}

}  // namespace

bool write_attribute(ByteWriter& out, std::uint32_t field_tag, std::string_view key,
                     const AttributeValueView& value, const ValueLimits& limits) noexcept {
  try {
    write_key_value(out, field_tag, key, value, limits, 0);
  } catch (...) {  // a user's range; it costs this attribute alone
    return false;
  }
  return !out.failed();
}

bool for_each_entry(const AttributeValueView& map, EntrySink sink, void* state) noexcept {
  detail::ValueWriter writer;
  writer.sink = sink;
  writer.sink_state = state;
  try {
    map.write_range_to(writer);
  } catch (...) {
    return false;
  }
  return true;
}

}  // namespace codec

void detail::write_element(ValueWriter& out, const AttributeValueView& value) {
  if (out.sink != nullptr) return;  // a list where a map was wanted; the types do not allow it
  const std::uint32_t message = out.out->begin_message(codec::common_field::list_values);
  codec::write_value(*out.out, value, *out.limits, out.depth);
  out.out->end_message(message);
}

void detail::write_entry(ValueWriter& out, std::string_view key, const AttributeValueView& value) {
  if (value.is_absent()) return;
  if (out.sink != nullptr) return out.sink(out.sink_state, key, value);
  codec::write_key_value(*out.out, codec::common_field::list_values, key, value, *out.limits,
                         out.depth);
}

}  // namespace weft::inline v0
