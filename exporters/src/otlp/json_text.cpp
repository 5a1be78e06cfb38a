// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_text.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "codec/field_reader.hpp"
#include "codec/wire.hpp"
#include "wire/base64.hpp"

namespace weft::inline v0::otlp {

namespace {

using codec::Field;
using codec::kBytes;
using codec::kFixed32;
using codec::kFixed64;
using codec::kVarint;
using codec::tag;
using nlohmann::ordered_json;

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

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

// A tree of JSON values cannot be taken apart without memory, a single one can.
void write_value(const ordered_json& value, std::string& out) {
  out += value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// proto3's names for what JSON has no number for.
ordered_json real(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

ordered_json value_of(const Field& field, Form form) {
  switch (form) {
    case Form::text:
      return std::string(field.bytes);
    case Form::hex:
      return hex(field.bytes);
    case Form::base64:
      return wire::to_base64(field.bytes);
    case Form::number:
      return field.number;
    case Form::unsigned_digits:
      return std::to_string(field.number);
    case Form::signed_digits:
      return std::to_string(static_cast<std::int64_t>(field.number));
    case Form::real:
      return real(field.real());
    case Form::boolean:
      return field.number != 0;
    case Form::message:
    case Form::messages:
      break;
  }
  return nullptr;
}

void write_object(std::string_view content, Message message, std::string& out);

void write_member(const Field& field, const FieldForm& form, std::string& out) {
  if (form.message != Message::none) return write_object(field.bytes, form.message, out);
  write_value(value_of(field, form.form), out);
}

// All of a repeated field together, wherever they are.
void write_list(std::string_view content, const FieldForm& form, std::string& out) {
  char before = '[';
  codec::FieldReader reader(content);
  while (const auto field = reader.next()) {
    if (field->tag != form.tag) continue;
    out += before;
    write_object(field->bytes, form.message, out);
    before = ',';
  }
  out += ']';
}

// The last of a field that is not repeated counts.
void write_last(std::string_view content, const FieldForm& form, std::string& out) {
  std::optional<Field> last;
  codec::FieldReader reader(content);
  while (const auto field = reader.next()) {
    if (field->tag == form.tag) last = field;
  }
  write_member(*last, form, out);
}

const FieldForm* form_of(const Field& field, std::span<const FieldForm> forms) noexcept {
  const auto found = std::ranges::find(forms, field.tag, &FieldForm::tag);
  return found != forms.end() ? &*found : nullptr;
}

// Values are nested no deeper than they were written: codec::kMaximumDepth.
void write_object(std::string_view content, Message message, std::string& out) {
  const std::span<const FieldForm> forms = fields_of(message);
  std::bitset<32> written;
  char before = '{';
  codec::FieldReader reader(content);
  while (const auto field = reader.next()) {
    const FieldForm* form = form_of(*field, forms);
    if (form == nullptr || written.test(static_cast<std::size_t>(form - forms.data()))) continue;
    written.set(static_cast<std::size_t>(form - forms.data()));
    ((out += before) += '"').append(form->name).append("\":");
    before = ',';
    if (form->form == Form::messages) {
      write_list(content, *form, out);
    } else {
      write_last(content, *form, out);
    }
  }
  if (before == '{') out += before;
  out += '}';
}

}  // namespace

std::string json_text(std::string_view request) {
  std::string text;
  text.reserve(2 * request.size());
  write_object(request, Message::request, text);
  return text;
}

}  // namespace weft::inline v0::otlp
