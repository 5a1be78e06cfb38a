// SPDX-License-Identifier: Apache-2.0
#include "codec/message_check.hpp"

#include <cstddef>

#include "codec/field_reader.hpp"
#include "codec/utf8.hpp"
#include "codec/wire.hpp"

namespace weft::inline v0::codec {

namespace {

// Every field is one that `is_known` accepts, and nothing is left over.
template <class IsKnown>
bool every_field(std::string_view message, IsKnown&& is_known) noexcept {
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (!is_known(*field)) return false;
  }
  return !reader.malformed();
}

bool is_key_value_at(std::string_view message, std::size_t depth) noexcept;

bool is_any_value(std::string_view message, std::size_t depth) noexcept {
  if (depth > kMaximumDepth) return message.empty();
  return every_field(message, [&](const Field& field) {
    switch (field.tag) {
      case common_field::string_value:
        return is_utf8(field.bytes);
      case common_field::bool_value:
      case common_field::int_value:
      case common_field::double_value:
      case common_field::bytes_value:
        return true;
      case common_field::array_value:
        return every_field(field.bytes, [&](const Field& value) {
          return value.tag == common_field::list_values && is_any_value(value.bytes, depth + 1);
        });
      case common_field::kvlist_value:
        return every_field(field.bytes, [&](const Field& entry) {
          return entry.tag == common_field::list_values && is_key_value_at(entry.bytes, depth + 1);
        });
      default:
        return false;
    }
  });
}

bool is_key_value_at(std::string_view message, std::size_t depth) noexcept {
  return every_field(message, [&](const Field& field) {
    if (field.tag == common_field::key) return is_utf8(field.bytes);
    return field.tag == common_field::value && is_any_value(field.bytes, depth);
  });
}

}  // namespace

bool is_key_value(std::string_view message) noexcept { return is_key_value_at(message, 0); }

bool is_event(std::string_view message) noexcept {
  return every_field(message, [](const Field& field) {
    switch (field.tag) {
      case event_field::time:
      case event_field::dropped_attributes:
        return true;
      case event_field::name:
        return is_utf8(field.bytes);
      case event_field::attributes:
        return is_key_value(field.bytes);
      default:
        return false;
    }
  });
}

bool is_link(std::string_view message) noexcept {
  return every_field(message, [](const Field& field) {
    switch (field.tag) {
      case link_field::trace_id:
        return field.bytes.size() == 16;
      case link_field::span_id:
        return field.bytes.size() == 8;
      case link_field::trace_state:
        return is_utf8(field.bytes);
      case link_field::attributes:
        return is_key_value(field.bytes);
      case link_field::dropped_attributes:
      case link_field::flags:
        return true;
      default:
        return false;
    }
  });
}

bool is_status(std::string_view message) noexcept {
  return every_field(message, [](const Field& field) {
    if (field.tag == status_field::message) return is_utf8(field.bytes);
    return field.tag == status_field::code && field.number <= 2;
  });
}

bool is_scope_fields(std::string_view fields) noexcept {
  return every_field(fields, [](const Field& field) {
    if (field.tag == tag(3, kBytes)) return is_utf8(field.bytes);
    return field.tag == tag(1, kBytes) && every_field(field.bytes, [](const Field& part) {
             if (part.tag == common_field::scope_attributes) return is_key_value(part.bytes);
             return (part.tag == common_field::scope_name ||
                     part.tag == common_field::scope_version) &&
                    is_utf8(part.bytes);
           });
  });
}

bool is_resource_fields(std::string_view fields) noexcept {
  return every_field(fields, [](const Field& field) {
    if (field.tag == tag(3, kBytes)) return is_utf8(field.bytes);
    return field.tag == tag(1, kBytes) && every_field(field.bytes, [](const Field& part) {
             return part.tag == common_field::resource_attributes && is_key_value(part.bytes);
           });
  });
}

}  // namespace weft::inline v0::codec
