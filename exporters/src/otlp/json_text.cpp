// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "codec/field_reader.hpp"
#include "codec/json_writer.hpp"
#include "codec/wire.hpp"
#include "wire/base64.hpp"

namespace weft::inline v0::otlp {

namespace {

using codec::Field;
using codec::JsonWriter;
using codec::kBytes;
using codec::kFixed32;
using codec::kFixed64;
using codec::kVarint;
using codec::tag;

enum class Message : std::uint8_t {
  none,
  request,
  resource_spans,
  resource,
  scope_spans,
  scope,
  span,
  event,
  link,
  status,
  key_value,
  value,
  array,
  map,
};

enum class Form : std::uint8_t {
  text,
  hex,
  base64,
  number,           // of 32 bits, or an enum
  unsigned_digits,  // of 64 bits, as text
  signed_digits,
  real,
  boolean,
  message,
  messages,  // repeated
};

struct FieldForm {
  std::uint32_t tag;
  const char* name;
  Form form;
  Message message = Message::none;
};

constexpr std::array kRequest{
    FieldForm{tag(1, kBytes), "resourceSpans", Form::messages, Message::resource_spans}};
constexpr std::array kResourceSpans{
    FieldForm{tag(1, kBytes), "resource", Form::message, Message::resource},
    FieldForm{tag(2, kBytes), "scopeSpans", Form::messages, Message::scope_spans},
    FieldForm{tag(3, kBytes), "schemaUrl", Form::text}};
constexpr std::array kResource{
    FieldForm{tag(1, kBytes), "attributes", Form::messages, Message::key_value},
    FieldForm{tag(2, kVarint), "droppedAttributesCount", Form::number}};
constexpr std::array kScopeSpans{FieldForm{tag(1, kBytes), "scope", Form::message, Message::scope},
                                 FieldForm{tag(2, kBytes), "spans", Form::messages, Message::span},
                                 FieldForm{tag(3, kBytes), "schemaUrl", Form::text}};
constexpr std::array kScope{
    FieldForm{tag(1, kBytes), "name", Form::text}, FieldForm{tag(2, kBytes), "version", Form::text},
    FieldForm{tag(3, kBytes), "attributes", Form::messages, Message::key_value},
    FieldForm{tag(4, kVarint), "droppedAttributesCount", Form::number}};
constexpr std::array kSpan{
    FieldForm{codec::span_field::trace_id, "traceId", Form::hex},
    FieldForm{codec::span_field::span_id, "spanId", Form::hex},
    FieldForm{codec::span_field::trace_state, "traceState", Form::text},
    FieldForm{codec::span_field::parent_span_id, "parentSpanId", Form::hex},
    FieldForm{codec::span_field::flags, "flags", Form::number},
    FieldForm{codec::span_field::name, "name", Form::text},
    FieldForm{codec::span_field::kind, "kind", Form::number},
    FieldForm{codec::span_field::start_time, "startTimeUnixNano", Form::unsigned_digits},
    FieldForm{codec::span_field::end_time, "endTimeUnixNano", Form::unsigned_digits},
    FieldForm{codec::span_field::attributes, "attributes", Form::messages, Message::key_value},
    FieldForm{codec::span_field::dropped_attributes, "droppedAttributesCount", Form::number},
    FieldForm{codec::span_field::events, "events", Form::messages, Message::event},
    FieldForm{codec::span_field::dropped_events, "droppedEventsCount", Form::number},
    FieldForm{codec::span_field::links, "links", Form::messages, Message::link},
    FieldForm{codec::span_field::dropped_links, "droppedLinksCount", Form::number},
    FieldForm{codec::span_field::status, "status", Form::message, Message::status}};
constexpr std::array kEvent{
    FieldForm{codec::event_field::time, "timeUnixNano", Form::unsigned_digits},
    FieldForm{codec::event_field::name, "name", Form::text},
    FieldForm{codec::event_field::attributes, "attributes", Form::messages, Message::key_value},
    FieldForm{codec::event_field::dropped_attributes, "droppedAttributesCount", Form::number}};
constexpr std::array kLink{
    FieldForm{codec::link_field::trace_id, "traceId", Form::hex},
    FieldForm{codec::link_field::span_id, "spanId", Form::hex},
    FieldForm{codec::link_field::trace_state, "traceState", Form::text},
    FieldForm{codec::link_field::attributes, "attributes", Form::messages, Message::key_value},
    FieldForm{codec::link_field::dropped_attributes, "droppedAttributesCount", Form::number},
    FieldForm{codec::link_field::flags, "flags", Form::number}};
constexpr std::array kStatus{FieldForm{codec::status_field::message, "message", Form::text},
                             FieldForm{codec::status_field::code, "code", Form::number}};
constexpr std::array kKeyValue{
    FieldForm{codec::common_field::key, "key", Form::text},
    FieldForm{codec::common_field::value, "value", Form::message, Message::value}};
constexpr std::array kValue{
    FieldForm{codec::common_field::string_value, "stringValue", Form::text},
    FieldForm{codec::common_field::bool_value, "boolValue", Form::boolean},
    FieldForm{codec::common_field::int_value, "intValue", Form::signed_digits},
    FieldForm{codec::common_field::double_value, "doubleValue", Form::real},
    FieldForm{codec::common_field::array_value, "arrayValue", Form::message, Message::array},
    FieldForm{codec::common_field::kvlist_value, "kvlistValue", Form::message, Message::map},
    FieldForm{codec::common_field::bytes_value, "bytesValue", Form::base64}};
constexpr std::array kArray{
    FieldForm{codec::common_field::list_values, "values", Form::messages, Message::value}};
constexpr std::array kMap{
    FieldForm{codec::common_field::list_values, "values", Form::messages, Message::key_value}};

std::span<const FieldForm> fields_of(Message message) noexcept {
  switch (message) {
    case Message::request:
      return kRequest;
    case Message::resource_spans:
      return kResourceSpans;
    case Message::resource:
      return kResource;
    case Message::scope_spans:
      return kScopeSpans;
    case Message::scope:
      return kScope;
    case Message::span:
      return kSpan;
    case Message::event:
      return kEvent;
    case Message::link:
      return kLink;
    case Message::status:
      return kStatus;
    case Message::key_value:
      return kKeyValue;
    case Message::value:
      return kValue;
    case Message::array:
      return kArray;
    case Message::map:
      return kMap;
    case Message::none:
      break;
  }
  return {};
}

void write_object(std::string_view content, Message message, JsonWriter& json);

void write_value(const Field& field, const FieldForm& form, JsonWriter& json) {
  switch (form.form) {
    case Form::text:
      return json.text(field.bytes);
    case Form::hex:
      return json.hex(field.bytes);
    case Form::base64:
      return json.plain_text(wire::to_base64(field.bytes));
    case Form::number:
      return json.number(field.number);
    case Form::unsigned_digits:
      return json.integer_text(field.number);
    case Form::signed_digits:
      return json.integer_text(static_cast<std::int64_t>(field.number));
    case Form::real:
      return json.number(field.real());
    case Form::boolean:
      return json.boolean(field.number != 0);
    case Form::message:
    case Form::messages:
      return write_object(field.bytes, form.message, json);
  }
}

/// What there is in one message of one kind of field.
struct Found {
  std::uint32_t count = 0;
  std::uint32_t last = 0;  // where it is; of a field that is not repeated it counts
};
constexpr std::size_t kMostForms = kSpan.size();

std::size_t number_of(const Field& field, std::span<const FieldForm> forms) noexcept {
  const auto found = std::ranges::find(forms, field.tag, &FieldForm::tag);
  return static_cast<std::size_t>(found - forms.begin());
}

std::array<Found, kMostForms> find_all(std::string_view content,
                                       std::span<const FieldForm> forms) noexcept {
  std::array<Found, kMostForms> all{};
  codec::FieldReader reader(content);
  while (const auto field = reader.next()) {
    const std::size_t number = number_of(*field, forms);
    if (number < forms.size()) all[number] = {all[number].count + 1, field->offset};
  }
  return all;
}

// All of a repeated field together, wherever they are: the first one, and so many in the rest.
void write_list(const Field& first, codec::FieldReader rest, std::uint32_t count,
                const FieldForm& form, JsonWriter& json) {
  json.begin_array();
  write_value(first, form, json);
  while (--count > 0) {
    std::optional<Field> field = rest.next();
    while (field->tag != form.tag) field = rest.next();
    write_value(*field, form, json);
  }
  json.end_array();
}

// Values are nested no deeper than they were written: codec::kMaximumDepth.
void write_object(std::string_view content, Message message, JsonWriter& json) {
  const std::span<const FieldForm> forms = fields_of(message);
  auto all = find_all(content, forms);
  json.begin_object();
  codec::FieldReader reader(content);
  while (const auto field = reader.next()) {
    const std::size_t number = number_of(*field, forms);
    if (number == forms.size() || all[number].count == 0) continue;
    const Found found = std::exchange(all[number], {});
    json.key(forms[number].name);
    if (forms[number].form == Form::messages) {
      write_list(*field, reader, found.count, forms[number], json);
    } else {
      write_value(*codec::FieldReader(content.substr(found.last)).next(), forms[number], json);
    }
  }
  json.end_object();
}

}  // namespace

std::string json_text(std::string_view request) {
  std::string text;
  text.reserve(2 * request.size());
  codec::JsonWriter json(text);
  write_object(request, Message::request, json);
  return text;
}

}  // namespace weft::inline v0::otlp
