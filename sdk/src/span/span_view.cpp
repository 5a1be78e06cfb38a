// SPDX-License-Identifier: Apache-2.0
#include <weft/span_view.hpp>

#include <cstring>
#include <new>

#include "codec/field_reader.hpp"
#include "codec/wire.hpp"
#include "platform/thread_data.hpp"
#include "span/body_reader.hpp"
#include "span/body_writer.hpp"
#include "span/record.hpp"

namespace weft::inline v0 {

namespace {

namespace field = codec::span_field;
using detail::BodyText;
using detail::Record;
using detail::RecordPool;
using TimePoint = std::chrono::system_clock::time_point;

template <class Id>
Id id_from(const std::uint8_t* bytes) noexcept {
  typename Id::Bytes copy;
  std::memcpy(copy.data(), bytes, copy.size());
  return Id(copy);
}

TimePoint time_from(std::uint64_t unix_nanoseconds) noexcept {
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
      std::chrono::nanoseconds(static_cast<std::int64_t>(unix_nanoseconds))));
}

TraceState trace_state_of(std::string_view body) {
  const auto found = detail::find_field(body, field::trace_state);
  return found ? TraceState::from_header(found->bytes).value_or(TraceState()) : TraceState();
}

template <class Id>
Id id_from(std::string_view bytes) noexcept {
  return bytes.size() == Id::kSize
             ? id_from<Id>(reinterpret_cast<const std::uint8_t*>(bytes.data()))
             : Id();
}

Event decode_event(std::string_view message) {
  Event event;
  codec::FieldReader reader(message);
  while (const auto part = reader.next()) {
    switch (part->tag) {
      case codec::event_field::time:
        event.time = time_from(part->number);
        break;
      case codec::event_field::name:
        event.name = part->bytes;
        break;
      case codec::event_field::attributes:
        event.attributes.push_back(codec::decode_attribute(part->bytes));
        break;
      case codec::event_field::dropped_attributes:
        event.dropped_attributes_count = static_cast<std::uint32_t>(part->number);
        break;
      default:
        break;
    }
  }
  return event;
}

Link decode_link(std::string_view message) {
  Link link;
  TraceId trace_id;
  SpanId span_id;
  TraceState state;
  std::uint32_t flags = 0;
  codec::FieldReader reader(message);
  while (const auto part = reader.next()) {
    namespace of = codec::link_field;
    if (part->tag == of::trace_id) trace_id = id_from<TraceId>(part->bytes);
    if (part->tag == of::span_id) span_id = id_from<SpanId>(part->bytes);
    if (part->tag == of::trace_state) {
      state = TraceState::from_header(part->bytes).value_or(TraceState());
    }
    if (part->tag == of::flags) flags = static_cast<std::uint32_t>(part->number);
    if (part->tag == of::attributes) {
      link.attributes.push_back(codec::decode_attribute(part->bytes));
    }
    if (part->tag == of::dropped_attributes) {
      link.dropped_attributes_count = static_cast<std::uint32_t>(part->number);
    }
  }
  link.context = SpanContext(trace_id, span_id, TraceFlags(static_cast<std::uint8_t>(flags)),
                             std::move(state), (flags & codec::kIsRemote) != 0);
  return link;
}

Status decode_status(std::string_view message) {
  Status status;
  codec::FieldReader reader(message);
  while (const auto part = reader.next()) {
    if (part->tag == codec::status_field::code) status.code = static_cast<StatusCode>(part->number);
    if (part->tag == codec::status_field::message) status.description = part->bytes;
  }
  return status;
}

// ScopeSpans' `scope` and `schema_url`, as the pool's table holds them.
Scope decode_scope(std::string_view fields) {
  Scope scope;
  codec::FieldReader reader(fields);
  while (const auto part = reader.next()) {
    if (part->tag == codec::tag(3, codec::kBytes)) scope.schema_url = part->bytes;
    if (part->tag != codec::tag(1, codec::kBytes)) continue;
    codec::FieldReader inner(part->bytes);
    while (const auto own = inner.next()) {
      if (own->tag == codec::common_field::scope_name) scope.name = own->bytes;
      if (own->tag == codec::common_field::scope_version) scope.version = own->bytes;
      if (own->tag == codec::common_field::scope_attributes) {
        scope.attributes.push_back(codec::decode_attribute(own->bytes));
      }
    }
  }
  return scope;
}

Resource decode_resource(std::string_view fields) {
  std::vector<Attribute> attributes;
  std::string schema_url;
  codec::FieldReader reader(fields);
  while (const auto part = reader.next()) {
    if (part->tag == codec::tag(3, codec::kBytes)) schema_url = part->bytes;
    if (part->tag != codec::tag(1, codec::kBytes)) continue;
    codec::FieldReader inner(part->bytes);
    while (const auto own = inner.next()) {
      if (own->tag == codec::common_field::resource_attributes) {
        attributes.push_back(codec::decode_attribute(own->bytes));
      }
    }
  }
  return Resource(attributes, std::move(schema_url));
}

void decode_body(std::string_view body, SpanData& data) {
  codec::FieldReader reader(body);
  while (const auto part = reader.next()) {
    switch (part->tag) {
      case field::name:
        data.name = part->bytes;
        break;
      case field::attributes:
        data.attributes.push_back(codec::decode_attribute(part->bytes));
        break;
      case field::events:
        data.events.push_back(decode_event(part->bytes));
        break;
      case field::links:
        data.links.push_back(decode_link(part->bytes));
        break;
      case field::status:
        data.status = decode_status(part->bytes);
        break;
      default:
        break;
    }
  }
}

SpanData body_of(const Record& record) {
  const BodyText body(RecordPool::of(record), record);
  SpanData data;
  decode_body(body.view(), data);
  return data;
}

const AttributeValue* find_in(const std::vector<Attribute>& attributes, std::string_view key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

}  // namespace

const AttributeValue* Event::find(std::string_view key) const { return find_in(attributes, key); }
const AttributeValue* SpanData::find(std::string_view key) const {
  return find_in(attributes, key);
}

std::string_view SpanView::name() const noexcept {
  const RecordPool& pool = RecordPool::of(*record_);
  const std::uint32_t at = record_->name_offset;
  if (at == detail::kNoName) return {};
  const std::uint32_t size = detail::field_size(pool, *record_, at);
  const auto content = [](std::string_view encoded) {
    return codec::FieldReader(encoded).next().value_or(codec::Field()).bytes;
  };
  if (detail::contiguous_bytes(at) >= size) {
    return content(std::string_view(detail::body_address(pool, *record_, at), size));
  }
  // Across two chunks: this thread keeps a copy.
  detail::ThreadData* thread = detail::thread_data();
  char* copy = thread != nullptr ? thread->scratch(size) : nullptr;
  if (copy == nullptr) return {};
  for (std::uint32_t i = 0; i < size; ++i) {
    copy[i] = *detail::body_address(pool, *record_, at + i);
  }
  return content(std::string_view(copy, size));
}

SpanContext SpanView::context() const noexcept {
  TraceState state;
  try {
    state = trace_state_of(BodyText(RecordPool::of(*record_), *record_).view());
  } catch (const std::bad_alloc&) {
    // The ids matter more.
  }
  return SpanContext(id_from<TraceId>(record_->trace_id), id_from<SpanId>(record_->span_id),
                     TraceFlags(record_->trace_flags), std::move(state));
}

SpanContext SpanView::parent() const noexcept {
  const auto id = id_from<SpanId>(record_->parent_span_id);
  if (!id.is_valid()) return {};
  const bool remote = (record_->flags.load(std::memory_order_relaxed) & detail::kRemoteParent) != 0;
  return SpanContext(id_from<TraceId>(record_->trace_id), id, TraceFlags(record_->trace_flags), {},
                     remote);
}

SpanKind SpanView::kind() const noexcept { return static_cast<SpanKind>(record_->kind); }
TimePoint SpanView::start_time() const noexcept { return time_from(record_->start_time); }
TimePoint SpanView::end_time() const noexcept { return time_from(record_->end_time); }
StatusCode SpanView::status_code() const noexcept {
  return static_cast<StatusCode>(record_->status_code);
}
std::uint32_t SpanView::dropped_attributes_count() const noexcept {
  return record_->dropped_attributes;
}
std::uint32_t SpanView::dropped_events_count() const noexcept { return record_->dropped_events; }
std::uint32_t SpanView::dropped_links_count() const noexcept { return record_->dropped_links; }

std::optional<AttributeValue> SpanView::find(std::string_view key) const {
  const BodyText body(RecordPool::of(*record_), *record_);
  codec::FieldReader reader(body.view());
  while (const auto part = reader.next()) {
    if (part->tag == field::attributes && codec::key_of(part->bytes) == key) {
      return codec::decode_attribute(part->bytes).value;
    }
  }
  return std::nullopt;
}

Status SpanView::status() const { return body_of(*record_).status; }
std::vector<Attribute> SpanView::attributes() const { return body_of(*record_).attributes; }
std::vector<Event> SpanView::events() const { return body_of(*record_).events; }
std::vector<Link> SpanView::links() const { return body_of(*record_).links; }
Scope SpanView::scope() const {
  return decode_scope(RecordPool::of(*record_).scope(record_->scope));
}
Resource SpanView::resource() const {
  return decode_resource(RecordPool::of(*record_).resource(record_->resource));
}

SpanData SpanView::data() const {
  const RecordPool& pool = RecordPool::of(*record_);
  const BodyText body(pool, *record_);
  SpanData data;
  data.context = SpanContext(id_from<TraceId>(record_->trace_id), id_from<SpanId>(record_->span_id),
                             TraceFlags(record_->trace_flags), trace_state_of(body.view()));
  data.parent = parent();
  data.kind = kind();
  data.start_time = start_time();
  data.end_time = end_time();
  decode_body(body.view(), data);
  data.dropped_attributes_count = record_->dropped_attributes;
  data.dropped_events_count = record_->dropped_events;
  data.dropped_links_count = record_->dropped_links;
  data.scope = scope();
  data.resource = resource();
  return data;
}

}  // namespace weft::inline v0
