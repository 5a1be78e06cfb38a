// SPDX-License-Identifier: Apache-2.0
#include "received_span.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "protobuf_reader.hpp"

namespace viewer {
namespace {

// The field numbers are those of opentelemetry-proto's collector/trace/v1, trace/v1 and common/v1.

constexpr int kMaxDepth = 8;  // of arrays and maps inside values

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

bool read_attribute(std::string_view bytes, int depth, ReceivedSpan::Attributes& out);

std::string real_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

// AnyValue
bool read_value(std::string_view bytes, int depth, std::string& out) {
  if (depth > kMaxDepth) return false;
  ProtobufReader value(bytes);
  while (value.next()) {
    switch (value.number()) {
      case 1:
        out = value.bytes();
        break;
      case 2:
        out = value.integer() != 0 ? "true" : "false";
        break;
      case 3:
        out = std::to_string(static_cast<std::int64_t>(value.integer()));
        break;
      case 4:
        out = real_text(value.real());
        break;
      case 5: {  // ArrayValue
        ProtobufReader array(value.bytes());
        out = "[";
        while (array.next()) {
          std::string element;
          if (array.number() == 1 && !read_value(array.bytes(), depth + 1, element)) return false;
          out += (out.size() > 1 ? ", " : "") + element;
        }
        out += "]";
        if (!array.ok()) return false;
        break;
      }
      case 6: {  // KeyValueList
        ProtobufReader list(value.bytes());
        ReceivedSpan::Attributes entries;
        while (list.next()) {
          if (list.number() == 1 && !read_attribute(list.bytes(), depth + 1, entries)) return false;
        }
        if (!list.ok()) return false;
        out = "{";
        for (const auto& [key, text] : entries) {
          out += (out.size() > 1 ? ", " : "") + key + ": " + text;
        }
        out += "}";
        break;
      }
      case 7:
        out = to_hex(value.bytes());
        break;
      default:
        break;
    }
  }
  return value.ok();
}

// KeyValue
bool read_attribute(std::string_view bytes, int depth, ReceivedSpan::Attributes& out) {
  ProtobufReader pair(bytes);
  std::pair<std::string, std::string> attribute;
  while (pair.next()) {
    if (pair.number() == 1) attribute.first = pair.bytes();
    if (pair.number() == 2 && !read_value(pair.bytes(), depth, attribute.second)) return false;
  }
  out.push_back(std::move(attribute));
  return pair.ok();
}

bool read_event(std::string_view bytes, ReceivedSpan::Event& out) {
  ProtobufReader event(bytes);
  while (event.next()) {
    if (event.number() == 1) out.time_ns = event.integer();
    if (event.number() == 2) out.name = event.bytes();
    if (event.number() == 3 && !read_attribute(event.bytes(), 0, out.attributes)) return false;
  }
  return event.ok();
}

bool read_status(std::string_view bytes, ReceivedSpan& out) {
  ProtobufReader status(bytes);
  while (status.next()) {
    if (status.number() == 2) out.status_message = status.bytes();
    if (status.number() == 3 && status.integer() <= 2) {
      out.status = static_cast<ReceivedSpan::Status>(status.integer());
    }
  }
  return status.ok();
}

bool read_span_field(const ProtobufReader& field, ReceivedSpan& out) {
  constexpr std::uint64_t kRemoteKnownAndTrue = 0x300;
  switch (field.number()) {
    case 1:
      out.trace_id = to_hex(field.bytes());
      return field.bytes().size() == 16;
    case 2:
      out.span_id = to_hex(field.bytes());
      return field.bytes().size() == 8;
    case 4:
      out.parent_id = to_hex(field.bytes());
      return field.bytes().empty() || field.bytes().size() == 8;
    case 5:
      out.name = field.bytes();
      return true;
    case 6:
      out.kind = static_cast<std::uint32_t>(field.integer());
      return true;
    case 7:
      out.start_ns = field.integer();
      return true;
    case 8:
      out.end_ns = field.integer();
      return true;
    case 9:
      return read_attribute(field.bytes(), 0, out.attributes);
    case 11:
      return read_event(field.bytes(), out.events.emplace_back());
    case 15:
      return read_status(field.bytes(), out);
    case 16:
      out.parent_is_remote = (field.integer() & kRemoteKnownAndTrue) == kRemoteKnownAndTrue;
      return true;
    default:
      return true;
  }
}

bool read_span(std::string_view bytes, ReceivedSpan& out) {
  ProtobufReader span(bytes);
  while (span.next()) {
    if (!read_span_field(span, out)) return false;
  }
  return span.ok() && !out.trace_id.empty() && !out.span_id.empty();
}

bool read_scope_spans(std::string_view bytes, std::string_view service,
                      std::vector<ReceivedSpan>& out) {
  ProtobufReader group(bytes);
  std::string scope_name;
  const std::size_t first = out.size();
  while (group.next()) {
    if (group.number() == 1) {
      ProtobufReader scope(group.bytes());
      while (scope.next()) {
        if (scope.number() == 1) scope_name = scope.bytes();
      }
    }
    if (group.number() == 2) {
      if (!read_span(group.bytes(), out.emplace_back())) return false;
      out.back().service = service;
    }
  }
  for (std::size_t i = first; i < out.size(); ++i) out[i].scope = scope_name;
  return group.ok();
}

bool read_resource_spans(std::string_view bytes, std::vector<ReceivedSpan>& out) {
  ReceivedSpan::Attributes resource;
  ProtobufReader group(bytes);
  while (group.next()) {  // twice: protobuf does not promise that the resource comes first
    if (group.number() != 1) continue;
    ProtobufReader attributes(group.bytes());
    while (attributes.next()) {
      if (attributes.number() == 1 && !read_attribute(attributes.bytes(), 0, resource))
        return false;
    }
  }
  ProtobufReader again(bytes);
  while (again.next()) {
    if (again.number() == 2 &&
        !read_scope_spans(again.bytes(), find(resource, "service.name"), out)) {
      return false;
    }
  }
  return group.ok();
}

}  // namespace

std::string_view find(const ReceivedSpan::Attributes& attributes, std::string_view key) noexcept {
  const auto it = std::find_if(attributes.begin(), attributes.end(),
                               [&](const auto& attribute) { return attribute.first == key; });
  return it == attributes.end() ? std::string_view() : std::string_view(it->second);
}

std::string_view ReceivedSpan::attribute(std::string_view key) const noexcept {
  return find(attributes, key);
}

std::string_view ReceivedSpan::kind_name() const noexcept {
  constexpr std::array<std::string_view, 6> kNames = {"unspecified", "internal", "server",
                                                      "client",      "producer", "consumer"};
  return kind < kNames.size() ? kNames[kind] : kNames[0];
}

std::optional<std::vector<ReceivedSpan>> decode_request(std::string_view bytes) {
  std::vector<ReceivedSpan> spans;
  ProtobufReader request(bytes);
  while (request.next()) {
    if (request.number() == 1 && !read_resource_spans(request.bytes(), spans)) return std::nullopt;
  }
  if (!request.ok()) return std::nullopt;
  return spans;
}

}  // namespace viewer
