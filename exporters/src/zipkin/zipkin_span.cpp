// SPDX-License-Identifier: Apache-2.0
#include "zipkin/zipkin_span.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "zipkin/attribute_text.hpp"
#include "zipkin/json_object.hpp"
#include "zipkin/remote_endpoint.hpp"

namespace weft::inline v0::zipkin {

namespace {

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

void add_status(JsonObject& tags, const Status& status) {
  // A tag of this name makes a span a failed one, whatever its value.
  tags.remove("error", "\"false\"");
  if (status.code == StatusCode::unset) return;
  tags.set_string("otel.status_code", status.code == StatusCode::ok ? "OK" : "ERROR");
  if (status.code == StatusCode::error) tags.set_string("error", status.description);
}

JsonObject tags_of(const SpanData& span) {
  JsonObject tags;
  const auto add_attribute = [&](const Attribute& attribute) {
    tags.set_string(attribute.key, attribute_text(attribute.value));
  };
  for (const Attribute& attribute : span.resource.attributes()) {
    if (attribute.key != "service.name") add_attribute(attribute);
  }
  for (const Attribute& attribute : span.attributes) add_attribute(attribute);
  add_status(tags, span.status);
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) tags.set_string(key, value);
  };
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  const auto add_count = [&](const char* key, std::uint32_t count) {
    if (count > 0) tags.set_string(key, std::to_string(count));
  };
  add_count("otel.dropped_attributes_count", span.dropped_attributes_count);
  add_count("otel.dropped_events_count", span.dropped_events_count);
  add_count("otel.dropped_links_count", span.dropped_links_count);
  return tags;
}

// An event's attributes have no place of their own: "name": {"key": "value"}.
std::string annotation_text(const Event& event) {
  if (event.attributes.empty()) return event.name;
  JsonObject attributes;
  for (const Attribute& attribute : event.attributes) {
    attributes.set(attribute.key, attribute_json(attribute.value));
  }
  return json_string(event.name) + ": " + attributes.text();
}

// "" when there is none.
std::string annotations_of(const SpanData& span) {
  std::string annotations;
  for (const Event& event : span.events) {
    JsonObject annotation;
    annotation.set("timestamp", std::to_string(whole_microseconds(event.time.time_since_epoch())));
    annotation.set_string("value", annotation_text(event));
    annotations += (annotations.empty() ? '[' : ',') + annotation.text();
  }
  return annotations.empty() ? annotations : annotations + ']';
}

void add_unless_empty(JsonObject& json, const char* key, const JsonObject& value) {
  if (!value.empty()) json.set(key, value.text());
}

std::string service_of(const SpanData& span) {
  const AttributeValue* name = span.resource.find("service.name");
  return name == nullptr ? std::string() : attribute_text(*name);
}

}  // namespace

std::string span_json(const SpanData& span) {
  JsonObject json;
  json.set_string("traceId", span.context.trace_id().to_hex());
  json.set_string("id", span.context.span_id().to_hex());
  if (span.parent.is_valid()) json.set_string("parentId", span.parent.span_id().to_hex());
  if (const char* kind = kind_of(span.kind)) json.set_string("kind", kind);
  json.set_string("name", span.name);
  const auto set_time = [&](const char* key, std::int64_t time) {
    json.set(key, std::to_string(time));
  };
  set_time("timestamp", whole_microseconds(span.start_time.time_since_epoch()));
  // Zipkin knows no duration of 0: it would be an unfinished span.
  set_time("duration",
           std::max<std::int64_t>(1, whole_microseconds(span.end_time - span.start_time)));
  JsonObject local;
  if (const std::string service = service_of(span); !service.empty()) {
    local.set_string("serviceName", service);
  }
  add_unless_empty(json, "localEndpoint", local);
  add_unless_empty(json, "remoteEndpoint", remote_endpoint(span));
  if (std::string annotations = annotations_of(span); !annotations.empty()) {
    json.set("annotations", std::move(annotations));
  }
  add_unless_empty(json, "tags", tags_of(span));
  return json.text();
}

}  // namespace weft::inline v0::zipkin
