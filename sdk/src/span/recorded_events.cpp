// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "codec/field_reader.hpp"
#include "codec/value_encoder.hpp"
#include "span/body_writer.hpp"
#include "span/recorder.hpp"

namespace weft::inline v0::detail {

namespace {

namespace field = codec::span_field;

// The place of a key is that of its first entry, its value that of its last.
bool is_repeated(std::span<const AttributeView> list, std::size_t index) noexcept {
  const auto earlier = list.first(index);
  return std::ranges::find(earlier, list[index].key, &AttributeView::key) != earlier.end();
}

const AttributeValueView& last_value(std::span<const AttributeView> list,
                                     std::size_t index) noexcept {
  std::size_t last = list.size() - 1;
  while (list[last].key != list[index].key) --last;
  return list[last].value;
}

void write_count(codec::ByteWriter& out, std::uint32_t tag, std::size_t count) noexcept {
  if (count == 0) return;
  char text[12];
  text[0] = static_cast<char>(tag);
  char* end = codec::write_varint(text + 1, count);
  out.write(text, static_cast<std::size_t>(end - text));
}

struct NestedAttributes {
  std::uint32_t tag;
  std::uint32_t dropped_tag;
  std::size_t limit;
  Record& record;
};

bool write_list(codec::ByteWriter& out, std::span<const AttributeView> list,
                const NestedAttributes& nested, const codec::ValueLimits& limits) noexcept {
  std::size_t kept = 0;
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].key.empty()) {
      ++dropped;
    } else if (is_repeated(list, i)) {
      continue;
    } else if (kept == nested.limit) {
      ++dropped;
    } else {
      const AttributeValueView& value = last_value(list, i);
      if (!codec::write_attribute(out, nested.tag, list[i].key, value, limits)) return false;
      ++kept;
    }
  }
  write_count(out, nested.dropped_tag, dropped);
  if (dropped != 0) nested.record.flags.fetch_or(kIncomplete, std::memory_order_relaxed);
  return true;
}

bool write_encoded(codec::ByteWriter& out, const Attributes& encoded,
                   const NestedAttributes& nested) noexcept {
  std::size_t kept = 0;
  std::size_t dropped = encoded.dropped_count();
  codec::FieldReader reader(encoded.encoded());
  while (const auto attribute = reader.next()) {
    if (kept == nested.limit) {
      ++dropped;
      continue;
    }
    out.write_tag_and_length(nested.tag, attribute->bytes.size());
    out.write(attribute->bytes.data(), attribute->bytes.size());
    ++kept;
  }
  write_count(out, nested.dropped_tag, dropped);
  if (dropped != 0) nested.record.flags.fetch_or(kIncomplete, std::memory_order_relaxed);
  return true;
}

codec::ValueLimits value_limits(const RecordPool& pool) noexcept {
  const SpanLimits& limits = pool.span_limits();
  return {limits.attribute_value_length, limits.attribute_depth};
}

NestedAttributes of_event(const RecordPool& pool, Record& record) noexcept {
  return {codec::event_field::attributes, codec::event_field::dropped_attributes,
          pool.span_limits().event_attribute_count, record};
}

NestedAttributes of_link(const RecordPool& pool, Record& record) noexcept {
  return {codec::link_field::attributes, codec::link_field::dropped_attributes,
          pool.span_limits().link_attribute_count, record};
}

template <class WriteAttributes>
void put_event_with(RecordPool& pool, Record& record, std::string_view name, std::uint64_t time,
                    WriteAttributes&& write_attributes) noexcept {
  if (record.event_count >= pool.span_limits().event_count || record.event_count == UINT16_MAX) {
    count_dropped(record, &Record::dropped_events);
    return;
  }
  BodyWriter out(pool, record);
  const std::uint32_t message = out.begin_message(field::events);
  char time_field[9] = {static_cast<char>(codec::event_field::time)};
  codec::write_fixed64(time_field + 1, time);
  out.write(time_field, sizeof time_field);
  out.write_text(codec::event_field::name, name);
  const bool whole = write_attributes(out);
  out.end_message(message);
  if (!whole || out.failed()) {
    count_dropped(record, &Record::dropped_events);
    return;
  }
  out.commit();
  ++record.event_count;
}

void write_link_head(codec::ByteWriter& out, const SpanContext& context) noexcept {
  out.write_tag_and_length(codec::link_field::trace_id, TraceId::kSize);
  out.write(context.trace_id().bytes().data(), TraceId::kSize);
  out.write_tag_and_length(codec::link_field::span_id, SpanId::kSize);
  out.write(context.span_id().bytes().data(), SpanId::kSize);
  if (!context.trace_state().empty()) {
    out.write_text(codec::link_field::trace_state, context.trace_state().view());
  }
  char flags_field[5] = {static_cast<char>(codec::link_field::flags)};
  codec::write_fixed32(flags_field + 1, (context.trace_flags().bits() & TraceFlags::kOnTheWire) |
                                            codec::kHasIsRemote |
                                            (context.is_remote() ? codec::kIsRemote : 0U));
  out.write(flags_field, sizeof flags_field);
}

template <class WriteAttributes>
void put_link_with(RecordPool& pool, Record& record, const SpanContext& context,
                   WriteAttributes&& write_attributes) noexcept {
  if (record.link_count >= pool.span_limits().link_count || record.link_count == UINT16_MAX) {
    count_dropped(record, &Record::dropped_links);
    return;
  }
  BodyWriter out(pool, record);
  const std::uint32_t message = out.begin_message(field::links);
  write_link_head(out, context);
  const bool whole = write_attributes(out);
  out.end_message(message);
  if (!whole || out.failed()) {
    count_dropped(record, &Record::dropped_links);
    return;
  }
  out.commit();
  ++record.link_count;
}

}  // namespace

void put_event(RecordPool& pool, Record& record, std::string_view name, std::uint64_t time,
               std::span<const AttributeView> list) noexcept {
  put_event_with(pool, record, name, time, [&](codec::ByteWriter& out) {
    return write_list(out, list, of_event(pool, record), value_limits(pool));
  });
}

void put_event(RecordPool& pool, Record& record, std::string_view name, std::uint64_t time,
               const Attributes& encoded) noexcept {
  put_event_with(pool, record, name, time, [&](codec::ByteWriter& out) {
    return write_encoded(out, encoded, of_event(pool, record));
  });
}

void put_link(RecordPool& pool, Record& record, const SpanContext& context,
              std::span<const AttributeView> list) noexcept {
  put_link_with(pool, record, context, [&](codec::ByteWriter& out) {
    return write_list(out, list, of_link(pool, record), value_limits(pool));
  });
}

void put_link(RecordPool& pool, Record& record, const SpanContext& context,
              const Attributes& encoded) noexcept {
  put_link_with(pool, record, context, [&](codec::ByteWriter& out) {
    return write_encoded(out, encoded, of_link(pool, record));
  });
}

bool needs_user_code(const AttributeValueView& value) noexcept {
  switch (value.kind()) {
    case AttributeValueView::Kind::array:
    case AttributeValueView::Kind::map:
      return true;
    case AttributeValueView::Kind::list:
      return needs_user_code(value.list());
    default:
      return false;
  }
}

bool needs_user_code(std::span<const AttributeView> list) noexcept {
  return std::any_of(list.begin(), list.end(),
                     [](const AttributeView& entry) { return needs_user_code(entry.value); });
}

}  // namespace weft::inline v0::detail
