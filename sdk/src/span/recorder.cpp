// SPDX-License-Identifier: Apache-2.0
#include "span/recorder.hpp"

#include <algorithm>

#include "codec/utf8.hpp"
#include "codec/value_encoder.hpp"
#include "span/body_reader.hpp"
#include "span/body_writer.hpp"
#include "span/key_filter.hpp"
#include "span/quick_attribute.hpp"
#include "span/span_access.hpp"

namespace weft::inline v0::detail {

namespace {

namespace field = codec::span_field;

codec::ValueLimits value_limits(const RecordPool& pool) noexcept {
  const SpanLimits& limits = pool.span_limits();
  return {limits.attribute_value_length, limits.attribute_depth};
}

struct Position {
  std::uint32_t offset;
  std::uint32_t size;
};

// Where the live attribute `key` lies. Only called when the filter says that it may be there.
bool find_attribute(const RecordPool& pool, const Record& record, std::string_view key,
                    Position& found) noexcept {
  if (record.body_size.load(std::memory_order_relaxed) <= kInlineBody) {
    codec::FieldReader reader(
        std::string_view(record.body, record.body_size.load(std::memory_order_relaxed)));
    while (const auto live = reader.next()) {
      if (live->tag != field::attributes || codec::key_of(live->bytes) != key) continue;
      found = {live->offset, static_cast<std::uint32_t>(live->encoded.size())};
      return true;
    }
    return false;
  }
  return find_in_chunks(pool, record, key, found.offset, found.size);
}

// One byte: a reader sees the field either alive or dead, never half.
void mark_dead(RecordPool& pool, Record& record, const Position& position) noexcept {
  *body_address(pool, record, position.offset) = static_cast<char>(field::dead);
  record.dead_bytes += position.size;
}

// Appends `write`'s field and marks the one it replaces dead, in that order: a kill in between
// leaves both, never neither.
template <class Write>
bool append(RecordPool& pool, Record& record, Write&& write) noexcept {
  BodyWriter out(pool, record);
  if (!write(out) || out.failed()) return false;
  out.commit();
  return true;
}

// Whether `key` is there, may be added, or is beyond the limit.
enum class Place { fresh, replace, full };

Place place_of(RecordPool& pool, Record& record, std::string_view key, Position& old) noexcept {
  const KeyBit bit(key);
  if (bit.is_set(record) && find_attribute(pool, record, key, old)) return Place::replace;
  if (record.attribute_count >= pool.span_limits().attribute_count ||
      record.attribute_count == UINT16_MAX) {
    return Place::full;
  }
  bit.set(record);
  return Place::fresh;
}

template <class Write>
void put_at(RecordPool& pool, Record& record, std::string_view key, Write&& write) noexcept {
  Position old{};
  const Place place = key.empty() ? Place::full : place_of(pool, record, key, old);
  if (place == Place::full || !append(pool, record, write)) {
    count_dropped(record, &Record::dropped_attributes);
    return;
  }
  if (place == Place::replace) {
    mark_dead(pool, record, old);
  } else {
    ++record.attribute_count;
  }
}

}  // namespace

void put_start_slowly(RecordPool& pool, Record& record, std::string_view name,
                      const TraceState& trace_state) noexcept {
  const bool written = append(pool, record, [&](BodyWriter& out) {
    out.write_text(field::name, name);
    if (!trace_state.empty()) out.write_text(field::trace_state, trace_state.view());
    return true;
  });
  if (!written) record.name_offset = kNoName;
}

void put_attribute(RecordPool& pool, Record& record, std::string_view key,
                   const AttributeValueView& value) noexcept {
  if (put_quick_attribute(record, key, value)) [[likely]]
    return;
  if (!codec::is_utf8(key)) [[unlikely]] {  // two bad keys may be one once they are repaired
    Attributes apart;
    SpanAccess::write(apart, key, value, value_limits(pool));
    return put_encoded_attributes(pool, record, apart.encoded(), apart.dropped_count());
  }
  put_at(pool, record, key, [&](BodyWriter& out) {
    return codec::write_attribute(out, field::attributes, key, value, value_limits(pool));
  });
}

void put_encoded_attributes(RecordPool& pool, Record& record, std::string_view fields,
                            std::uint32_t dropped) noexcept {
  count_dropped(record, &Record::dropped_attributes, dropped);
  codec::FieldReader reader(fields);
  while (const auto attribute = reader.next()) {
    put_at(pool, record, codec::key_of(attribute->bytes), [&](BodyWriter& out) {
      out.write(attribute->encoded.data(), attribute->encoded.size());
      return true;
    });
  }
}

void put_name(RecordPool& pool, Record& record, std::string_view name) noexcept {
  const std::uint32_t at = record.body_size.load(std::memory_order_relaxed);
  const bool replaces = record.name_offset != kNoName;
  Position old{record.name_offset, 0};
  if (replaces) old.size = field_size(pool, record, old.offset);
  if (!append(pool, record, [&](BodyWriter& out) {
        out.write_text(field::name, name);
        return true;
      })) {
    return;
  }
  record.name_offset = at;
  if (replaces) mark_dead(pool, record, old);
}

void put_status(RecordPool& pool, Record& record, StatusCode code,
                std::string_view description) noexcept {
  const auto now = static_cast<StatusCode>(record.status_code);
  if (code == StatusCode::unset || now == StatusCode::ok) return;
  if (code != StatusCode::error) description = {};
  Position old{};
  const bool replaces =
      now != StatusCode::unset && find_tag(pool, record, field::status, old.offset, old.size);
  const bool written = append(pool, record, [&](BodyWriter& out) {
    const std::uint32_t message = out.begin_message(field::status);
    if (!description.empty()) out.write_text(codec::status_field::message, description);
    const char code_field[2] = {static_cast<char>(codec::status_field::code),
                                static_cast<char>(code)};
    out.write(code_field, sizeof code_field);
    out.end_message(message);
    return true;
  });
  if (!written) return;
  record.status_code = static_cast<std::uint8_t>(code);
  record.flags.fetch_or(kStatusSet, std::memory_order_relaxed);
  if (replaces) mark_dead(pool, record, old);
}

}  // namespace weft::inline v0::detail
