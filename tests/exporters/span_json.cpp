// SPDX-License-Identifier: Apache-2.0
#include "exporters/span_json.hpp"

#include <bit>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace weft::testing {

namespace {

using nlohmann::json;

std::string hex(std::uint64_t bits) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

json to_json(const std::vector<Attribute>& attributes);

json to_json(const AttributeValue& value);

struct ValueVisitor {
  json operator()(bool value) const { return {"bool", value}; }
  json operator()(std::int64_t value) const { return {"int", std::to_string(value)}; }
  json operator()(double value) const {
    return {"double", hex(std::bit_cast<std::uint64_t>(value))};
  }
  json operator()(const std::string& value) const { return {"string", value}; }
  json operator()(const AttributeValue::Bytes& value) const {
    std::string text;
    for (const std::byte byte : value) text += hex(std::to_integer<std::uint64_t>(byte)).substr(14);
    return {"bytes", text};
  }
  json operator()(const AttributeValue::Array& values) const {
    json list = json::array();
    for (const AttributeValue& value : values) list.push_back(to_json(value));
    return {"array", list};
  }
  json operator()(const AttributeValue::Map& entries) const { return {"map", to_json(entries)}; }
};

json to_json(const AttributeValue& value) { return std::visit(ValueVisitor{}, value.variant()); }

json to_json(const std::vector<Attribute>& attributes) {
  json list = json::array();
  for (const Attribute& attribute : attributes) {
    list.push_back(json::array({attribute.key, to_json(attribute.value)}));
  }
  return list;
}

json to_json(const SpanContext& context) {
  return {{"trace_id", context.trace_id().to_hex()},
          {"span_id", context.span_id().to_hex()},
          {"flags", context.trace_flags().bits()},
          {"trace_state", context.trace_state().to_string()},
          {"is_remote", context.is_remote()}};
}

std::string nanoseconds(std::chrono::system_clock::time_point time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

json to_json(const SpanData& span) {
  json events = json::array();
  for (const Event& event : span.events) {
    events.push_back({{"name", event.name},
                      {"time", nanoseconds(event.time)},
                      {"attributes", to_json(event.attributes)},
                      {"dropped_attributes", event.dropped_attributes_count}});
  }
  json links = json::array();
  for (const Link& link : span.links) {
    links.push_back({{"context", to_json(link.context)},
                     {"attributes", to_json(link.attributes)},
                     {"dropped_attributes", link.dropped_attributes_count}});
  }
  return {{"name", span.name},
          {"context", to_json(span.context)},
          {"parent", to_json(span.parent)},
          {"has_parent", span.parent.is_valid()},
          {"kind", static_cast<int>(span.kind)},
          {"start", nanoseconds(span.start_time)},
          {"end", nanoseconds(span.end_time)},
          {"status", {static_cast<int>(span.status.code), span.status.description}},
          {"attributes", to_json(span.attributes)},
          {"events", events},
          {"links", links},
          {"dropped",
           {span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count}},
          {"scope",
           {span.scope.name, span.scope.version, span.scope.schema_url,
            to_json(span.scope.attributes)}},
          {"resource", {span.resource.schema_url(), to_json(span.resource.attributes())}}};
}

}  // namespace

void print_json(const std::vector<SpanData>& spans) {
  json list = json::array();
  for (const SpanData& span : spans) list.push_back(to_json(span));
  std::cout << list.dump() << "\n";
}

}  // namespace weft::testing
