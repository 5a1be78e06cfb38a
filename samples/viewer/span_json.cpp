// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>

#include "received_span.hpp"

namespace viewer {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += out.size() > 1 ? "," : "";
  append_text(out, key);
  out += ':';
  append_text(out, text);
}

void append_number(std::string& out, std::string_view key, std::uint64_t number) {
  out += ',';
  append_text(out, key);
  out += ':' + std::to_string(number);
}

std::string attributes_json(const ReceivedSpan::Attributes& attributes) {
  std::string out = "{";
  for (const auto& [key, value] : attributes) append_member(out, key, value);
  return out + "}";
}

}  // namespace

std::string to_json(const ReceivedSpan& span) {
  constexpr std::array<std::string_view, 3> kStatus = {"unset", "ok", "error"};
  std::string out = "{";
  append_member(out, "trace_id", span.trace_id);
  append_member(out, "span_id", span.span_id);
  append_member(out, "parent_span_id", span.parent_id);
  out += std::string(",\"parent_is_remote\":") + (span.parent_is_remote ? "true" : "false");
  append_member(out, "service", span.service);
  append_member(out, "scope", span.scope);
  append_member(out, "name", span.name);
  append_member(out, "kind", span.kind_name());
  append_number(out, "start_ns", span.start_ns);
  append_number(out, "end_ns", span.end_ns);
  append_member(out, "status", kStatus[static_cast<std::size_t>(span.status)]);
  append_member(out, "status_message", span.status_message);
  out += ",\"attributes\":" + attributes_json(span.attributes) + ",\"events\":[";
  for (const auto& event : span.events) {
    if (&event != &span.events.front()) out += ',';
    std::string text = "{";
    append_member(text, "name", event.name);
    append_number(text, "time_ns", event.time_ns);
    out += text + ",\"attributes\":" + attributes_json(event.attributes) + "}";
  }
  return out + "]}";
}

}  // namespace viewer
