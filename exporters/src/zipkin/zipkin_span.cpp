// SPDX-License-Identifier: Apache-2.0
#include "zipkin/zipkin_span.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "zipkin/attribute_text.hpp"
#include "zipkin/remote_endpoint.hpp"
#include "zipkin/tags.hpp"

namespace weft::inline v0::zipkin {

namespace {

using codec::JsonWriter;
using std::chrono::microseconds;

std::int64_t whole_microseconds(std::chrono::nanoseconds time) {
  return std::chrono::floor<microseconds>(time).count();
}

const char* kind_of(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::server:
      return "SERVER";
    case SpanKind::client:
      return "CLIENT";
    case SpanKind::producer:
      return "PRODUCER";
    case SpanKind::consumer:
      return "CONSUMER";
    case SpanKind::internal:
      break;
  }
  return nullptr;
}

void add_status(Tags& tags, const Status& status) {
  // A tag of this name makes a span a failed one, whatever its value.
  tags.remove("error", "false");
  if (status.code == StatusCode::unset) return;
  tags.set("otel.status_code", status.code == StatusCode::ok ? "OK" : "ERROR");
  if (status.code == StatusCode::error) tags.set("error", status.description);
}

Tags tags_of(const SpanData& span) {
  Tags tags;
  const auto add_attribute = [&](const Attribute& attribute) {
    tags.set(attribute.key, attribute_text(attribute.value));
  };
  for (const Attribute& attribute : span.resource.attributes()) {
    if (attribute.key != "service.name") add_attribute(attribute);
  }
  for (const Attribute& attribute : span.attributes) add_attribute(attribute);
  add_status(tags, span.status);
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) tags.set(key, value);
  };
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  const auto add_count = [&](const char* key, std::uint32_t count) {
    if (count > 0) tags.set(key, std::to_string(count));
  };
  add_count("otel.dropped_attributes_count", span.dropped_attributes_count);
  add_count("otel.dropped_events_count", span.dropped_events_count);
  add_count("otel.dropped_links_count", span.dropped_links_count);
  return tags;
}

// An event's attributes have no place of their own: "name": {"key": "value"}.
std::string annotation_text(const Event& event) {
  if (event.attributes.empty()) return event.name;
  std::string text;
  JsonWriter(text).text(event.name);
  text += ": ";
  JsonWriter attributes(text);
  write_attributes(attributes, event.attributes);
  return text;
}

void write_number(JsonWriter& json, const char* key, std::int64_t value) {
  json.key(key);
  json.number(value);
}

void write_annotations(JsonWriter& json, const SpanData& span) {
  if (span.events.empty()) return;
  json.key("annotations");
  json.begin_array();
  for (const Event& event : span.events) {
    json.begin_object();
    write_number(json, "timestamp", whole_microseconds(event.time.time_since_epoch()));
    json.member("value", annotation_text(event));
    json.end_object();
  }
  json.end_array();
}

void write_local_endpoint(JsonWriter& json, const SpanData& span) {
  const AttributeValue* name = span.resource.find("service.name");
  const std::string service = name == nullptr ? std::string() : attribute_text(*name);
  if (service.empty()) return;
  json.key("localEndpoint");
  json.begin_object();
  json.member("serviceName", service);
  json.end_object();
}

void write_tags(JsonWriter& json, const SpanData& span) {
  const Tags tags = tags_of(span);
  if (tags.empty()) return;
  json.key("tags");
  tags.write(json);
}

}  // namespace

void write_span(JsonWriter& json, const SpanData& span) {
  json.begin_object();
  json.member("traceId", span.context.trace_id().to_hex());
  json.member("id", span.context.span_id().to_hex());
  if (span.parent.is_valid()) json.member("parentId", span.parent.span_id().to_hex());
  if (const char* kind = kind_of(span.kind)) json.member("kind", kind);
  json.member("name", span.name);
  write_number(json, "timestamp", whole_microseconds(span.start_time.time_since_epoch()));
  // Zipkin knows no duration of 0: it would be an unfinished span.
  write_number(json, "duration",
               std::max<std::int64_t>(1, whole_microseconds(span.end_time - span.start_time)));
  write_local_endpoint(json, span);
  write_remote_endpoint(json, span);
  write_annotations(json, span);
  write_tags(json, span);
  json.end_object();
}

}  // namespace weft::inline v0::zipkin
