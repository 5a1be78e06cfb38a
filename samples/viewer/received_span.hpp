// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace viewer {

/// What the viewer keeps of one span. Ids are lowercase hex; values of attributes are text.
struct ReceivedSpan {
  using Attributes = std::vector<std::pair<std::string, std::string>>;
  struct Event {
    std::string name;
    std::uint64_t time_ns = 0;
    Attributes attributes;
  };
  enum class Status : std::uint8_t { unset, ok, error };

  std::string trace_id;
  std::string span_id;
  std::string parent_id;  // empty: a root
  bool parent_is_remote = false;
  std::string service;
  std::string scope;
  std::string name;
  std::uint32_t kind = 0;      // OTLP's SpanKind
  std::uint64_t start_ns = 0;  // since 1970, as is end_ns
  std::uint64_t end_ns = 0;
  Status status = Status::unset;
  std::string status_message;
  Attributes attributes;
  std::vector<Event> events;

  bool failed() const noexcept { return status == Status::error; }
  /// Its process ended first; somebody else sent it.
  bool unfinished() const noexcept { return attribute("weft.unfinished") == "true"; }
  /// The value of an attribute, or empty text.
  std::string_view attribute(std::string_view key) const noexcept;
  std::string_view kind_name() const noexcept;
};

/// The value of `key`, or empty text.
std::string_view find(const ReceivedSpan::Attributes& attributes, std::string_view key) noexcept;

/// Decodes an OTLP `ExportTraceServiceRequest`. None when the bytes are no such message, or when a
/// span's ids do not have 16 and 8 bytes.
std::optional<std::vector<ReceivedSpan>> decode_request(std::string_view bytes);

/// One line of JSON, without the line's end.
std::string to_json(const ReceivedSpan& span);

}  // namespace viewer
