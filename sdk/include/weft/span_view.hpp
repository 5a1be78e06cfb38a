// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <weft/attribute_value.hpp>
#include <weft/resource.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
struct Record;
struct SpanAccess;
}  // namespace detail

/// A moment of a span with a name and attributes.
struct Event {
  std::string name{};
  std::chrono::system_clock::time_point time{};
  std::vector<Attribute> attributes{};
  std::uint32_t dropped_attributes_count = 0;

  /// The value of `key` or null.
  WEFT_API const AttributeValue* find(std::string_view key) const;
};

/// The library or component that made a span.
struct Scope {
  std::string name{};
  std::string version{};
  std::string schema_url{};
  std::vector<Attribute> attributes{};
};

/// A finished span as a plain struct, for tests and small exporters: `SpanView::data()` makes one,
/// `InMemoryExporter` keeps them.
struct SpanData {
  std::string name{};
  SpanContext context{};
  SpanContext parent{};  ///< !is_valid() for a root
  SpanKind kind = SpanKind::internal;
  std::chrono::system_clock::time_point start_time{}, end_time{};
  Status status{};
  std::vector<Attribute> attributes{};
  std::vector<Event> events{};
  std::vector<Link> links{};
  std::uint32_t dropped_attributes_count = 0, dropped_events_count = 0, dropped_links_count = 0;
  Scope scope{};
  Resource resource{};

  /// The value of `key` or null; lives as long as this object is unchanged.
  WEFT_API const AttributeValue* find(std::string_view key) const;
};

/// Reads a finished span where it lies, without copying it. Handed to processors and, in a
/// SpanBatch, to exporters; valid during that call only. A value of one pointer.
class WEFT_API SpanView {
 public:
  /// One of more than 800 bytes is good only until this thread asks for the next such name.
  std::string_view name() const noexcept;
  SpanContext context() const noexcept;
  /// The parent; !is_valid() for a root. Its flags are the trace's.
  SpanContext parent() const noexcept;
  SpanKind kind() const noexcept;
  std::chrono::system_clock::time_point start_time() const noexcept;
  std::chrono::system_clock::time_point end_time() const noexcept;
  StatusCode status_code() const noexcept;
  Status status() const;
  std::uint32_t dropped_attributes_count() const noexcept;
  std::uint32_t dropped_events_count() const noexcept;
  std::uint32_t dropped_links_count() const noexcept;
  /// The value of one attribute, decoded; none when it is absent.
  std::optional<AttributeValue> find(std::string_view key) const;
  /// Each of these is decoded anew, and copied.
  std::vector<Attribute> attributes() const;
  std::vector<Event> events() const;
  std::vector<Link> links() const;
  Scope scope() const;
  Resource resource() const;
  /// Everything, copied.
  SpanData data() const;

  /// The record behind it, for the exporters of this library.
  const detail::Record& record() const noexcept { return *record_; }

 private:
  friend struct detail::SpanAccess;
  explicit SpanView(const detail::Record& record) noexcept : record_(&record) {}
  const detail::Record* record_;
};

}  // namespace weft::inline v0
