// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include <weft/attributes.hpp>
#include <weft/span.hpp>
#include <weft/span_view.hpp>

#include "codec/value_encoder.hpp"

namespace weft::inline v0::detail {

/// What the stages of the library may do that a user may not.
struct SpanAccess {
  static SpanView view(const Record& record) noexcept { return SpanView(record); }

  static SpanIdentity& identity(BasicSpan& span) noexcept { return span.identity_; }
  static const SpanIdentity& identity(const BasicSpan& span) noexcept { return span.identity_; }
  static bool& ended(BasicSpan& span) noexcept { return span.ended_; }

  /// `span` is current by `node` from here on.
  static void enter(Span& span, SpanNode& node) noexcept {
    span.node_ = &node;
    span.node_word_ = node.word.load(std::memory_order_relaxed);
  }
  /// The general way of its start; attributes may be null.
  static void begin(Span& span, const Tracer& tracer, std::string_view name,
                    const AttributeSource* attributes) noexcept {
    span.begin(tracer, name, nullptr, attributes);
  }
  static SpanNode* node(const Span& span) noexcept { return span.node_; }
  static std::uint64_t node_word(const Span& span) noexcept { return span.node_word_; }
  static SpanOverlay* overlay(const Span& span) noexcept { return span.overlay_; }
  static int& exceptions_at_start(Span& span) noexcept { return span.exceptions_at_start_; }

  /// A Span that stands for an identity: not current by itself, ends nothing when it goes. Lives in
  /// memory of ours; its destructor is never run.
  static Span* make_proxy(void* memory, const SpanIdentity& identity) noexcept {
    auto* span = ::new (memory) Span;
    span->identity_ = identity;
    return span;
  }

  static void write(Attributes& attributes, std::string_view key, const AttributeValueView& value,
                    const codec::ValueLimits& limits) noexcept {
    attributes.write(key, value, limits);
  }
  static void add_dropped(Attributes& attributes) noexcept { ++attributes.dropped_; }
  /// Adds `more`, whose keys win.
  static void append(Attributes& attributes, const Attributes& more) noexcept {
    attributes.append(more);
  }
  static void write_attribute(BasicSpan& span, std::string_view key,
                              const AttributeValueView& value) noexcept {
    span.write_attribute(key, value);
  }
  static void write_attributes(BasicSpan& span, const AttributeSource& source) noexcept {
    span.write_attributes(source);
  }
};

}  // namespace weft::inline v0::detail
