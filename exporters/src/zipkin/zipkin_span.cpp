// SPDX-License-Identifier: Apache-2.0
#include "zipkin/zipkin_span.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "zipkin/attribute_text.hpp"
#include "zipkin/remote_endpoint.hpp"

namespace weft::inline v0::zipkin {

namespace {

using nlohmann::ordered_json;
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

void add_status(ordered_json& tags, const Status& status) {
  // A tag of this name makes a span a failed one, whatever its value.
  if (const auto error = tags.find("error"); error != tags.end() && *error == "false") {
    tags.erase(error);
  }
  if (status.code == StatusCode::unset) return;
  tags["otel.status_code"] = status.code == StatusCode::ok ? "OK" : "ERROR";
  if (status.code == StatusCode::error) tags["error"] = status.description;
}

ordered_json tags_of(const SpanData& span) {
  ordered_json tags = ordered_json::object();
  for (const Attribute& attribute : span.resource.attributes()) {
    if (attribute.key != "service.name") tags[attribute.key] = attribute_text(attribute.value);
  }
  for (const Attribute& attribute : span.attributes) {
    tags[attribute.key] = attribute_text(attribute.value);
  }
  add_status(tags, span.status);
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) tags[key] = value;
  };
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  const auto add_count = [&](const char* key, std::uint32_t count) {
    if (count > 0) tags[key] = std::to_string(count);
  };
  add_count("otel.dropped_attributes_count", span.dropped_attributes_count);
  add_count("otel.dropped_events_count", span.dropped_events_count);
  add_count("otel.dropped_links_count", span.dropped_links_count);
  return tags;
}

// An event's attributes have no place of their own: "name": {"key": "value"}.
std::string annotation_text(const Event& event) {
  if (event.attributes.empty()) return event.name;
  ordered_json attributes = ordered_json::object();
  for (const Attribute& attribute : event.attributes) {
    attributes[attribute.key] = attribute_json(attribute.value);
  }
  return text_of(event.name) + ": " + text_of(attributes);
}

ordered_json annotations_of(const SpanData& span) {
  ordered_json annotations = ordered_json::array();
  for (const Event& event : span.events) {
    annotations.push_back({{"timestamp", whole_microseconds(event.time.time_since_epoch())},
                           {"value", annotation_text(event)}});
  }
  return annotations;
}

void add_unless_empty(ordered_json& json, const char* key, ordered_json value) {
  if (!value.empty()) json[key] = std::move(value);
}

std::string service_of(const SpanData& span) {
  const AttributeValue* name = span.resource.find("service.name");
  return name == nullptr ? std::string() : attribute_text(*name);
}

}  // namespace

std::string span_json(const SpanData& span) {
  ordered_json json{{"traceId", span.context.trace_id().to_hex()},
                    {"id", span.context.span_id().to_hex()}};
  if (span.parent.is_valid()) json["parentId"] = span.parent.span_id().to_hex();
  if (const char* kind = kind_of(span.kind)) json["kind"] = kind;
  json["name"] = span.name;
  json["timestamp"] = whole_microseconds(span.start_time.time_since_epoch());
  // Zipkin knows no duration of 0: it would be an unfinished span.
  json["duration"] = std::max<std::int64_t>(1, whole_microseconds(span.end_time - span.start_time));
  if (std::string service = service_of(span); !service.empty()) {
    json["localEndpoint"] = {{"serviceName", std::move(service)}};
  }
  add_unless_empty(json, "remoteEndpoint", remote_endpoint(span));
  add_unless_empty(json, "annotations", annotations_of(span));
  add_unless_empty(json, "tags", tags_of(span));
  return text_of(json);
}

}  // namespace weft::inline v0::zipkin
