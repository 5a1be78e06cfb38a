// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::otlp {

/// Writes records as an ExportTraceServiceRequest: one ResourceSpans a resource, in it one
/// ScopeSpans a scope, in the order of their first spans. Lengths are computed before anything is
/// written, so every byte is written once, at its place. Its tables are used again for the next
/// request. opentelemetry/proto/collector/trace/v1/trace_service.proto.
class RequestEncoder {
 public:
  /// Takes records from the front while the request stays within `limit`; returns how many.
  std::size_t plan(std::span<detail::Record* const> records, std::size_t limit);
  /// Bytes of what was planned.
  std::size_t size() const noexcept { return size_; }
  /// Writes exactly `size()` bytes; returns the end.
  char* write(char* out) const noexcept;

 private:
  /// The spans of one scope of one resource.
  struct Group {
    std::uint16_t resource;
    std::uint16_t scope;
    std::uint32_t first;  // of its records in order_
    std::uint32_t count;
    std::size_t spans_size;   // of the `spans` fields
    std::string_view prefix;  // finished fields of ScopeSpans
    bool is_of(const detail::Record& record) const noexcept {
      return scope == record.scope && resource == record.resource;
    }
    std::size_t content_size() const noexcept { return prefix.size() + spans_size; }
  };
  /// The groups of one resource: neighbours in groups_.
  struct Section {
    std::string_view prefix;  // finished fields of ResourceSpans
    std::size_t size;         // of the whole message
    std::size_t groups;
  };

  std::size_t group_of(const detail::Record& record, const detail::RecordPool& pool);
  void order_records();
  void order_groups(const detail::RecordPool& pool);
  char* write_group(const Group& group, char* out) const noexcept;

  std::span<detail::Record* const> records_;
  std::vector<std::uint32_t> sizes_;          // of each record's Span message
  std::vector<std::uint32_t> group_numbers_;  // of each record
  std::vector<std::uint32_t> order_;  // records, group by group; empty: one group, as they are
  std::vector<Group> groups_;
  std::vector<std::uint32_t> group_order_;  // groups, resource by resource
  std::vector<Section> sections_;
  std::size_t size_ = 0;
};

}  // namespace weft::inline v0::otlp
