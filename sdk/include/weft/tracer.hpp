// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include <weft/attributes.hpp>
#include <weft/span.hpp>
#include <weft/span_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Starts spans in the name of a library or a component (OpenTelemetry's instrumentation scope).
/// A constant of views: keeps the text it is given, so give it literals, or make one with
/// `make_tracer`. May be a namespace-scope constant and be made before `init`; then, and after
/// shutdown, its spans do not record but have valid ids and are propagated.
/// Every call is safe from any thread.
class WEFT_API Tracer {
 public:
  constexpr Tracer(std::string_view name, std::string_view version = {},
                   std::string_view schema_url = {}) noexcept
      : name_(name), version_(version), schema_url_(schema_url) {}
  // A temporary's text would not outlive the tracer: use make_tracer.
  template <class Name, class Version = std::string_view, class Url = std::string_view>
    requires(std::same_as<Name, std::string> || std::same_as<Version, std::string> ||
             std::same_as<Url, std::string>)
  Tracer(Name&& name, Version&& version = {}, Url&& schema_url = {}) = delete;

  /// A span that is current until the end of its scope. Give attributes here rather than by
  /// `set_attribute` later: samplers see no others.
  [[nodiscard]] Span start(std::string_view name) const noexcept { return {*this, name, nullptr}; }
  [[nodiscard]] Span start(std::string_view name, const SpanOptions& options) const noexcept {
    return {*this, name, options};
  }
  // A template, so that `start(name, {.kind = …})` and `start(name, {{"a", 1}})` are not ambiguous.
  template <detail::ListedAttribute T = AttributeView>
  [[nodiscard]] Span start(std::string_view name,
                           std::initializer_list<T> attributes) const noexcept {
    const detail::ListedAttributes source(attributes);
    return {*this, name, &source.get()};
  }
  template <detail::AttributeRange R>
  [[nodiscard]] Span start(std::string_view name, R&& attributes) const noexcept {
    const AttributeValueView view(attributes);
    const detail::AttributeSource source(view);
    return {*this, name, &source};
  }

  /// A span that is not current, may be moved and may end on another thread.
  [[nodiscard]] DetachedSpan start_detached(std::string_view name) const noexcept {
    return {*this, name, nullptr, nullptr};
  }
  [[nodiscard]] DetachedSpan start_detached(std::string_view name,
                                            const SpanOptions& options) const noexcept {
    return {*this, name, &options, nullptr};
  }
  template <detail::ListedAttribute T = AttributeView>
  [[nodiscard]] DetachedSpan start_detached(std::string_view name,
                                            std::initializer_list<T> attributes) const noexcept {
    const detail::ListedAttributes source(attributes);
    return {*this, name, nullptr, &source.get()};
  }
  template <detail::AttributeRange R>
  [[nodiscard]] DetachedSpan start_detached(std::string_view name, R&& attributes) const noexcept {
    const AttributeValueView view(attributes);
    const detail::AttributeSource source(view);
    return {*this, name, nullptr, &source};
  }

  /// A span started now might be recorded: there is a telemetry, and its configurator has not
  /// turned this tracer off. For skipping work that only feeds spans; ask each time, it may change.
  /// OpenTelemetry Tracing API, Enabled.
  [[nodiscard]] bool enabled() const noexcept;

  constexpr std::string_view name() const noexcept { return name_; }
  constexpr std::string_view version() const noexcept { return version_; }
  constexpr std::string_view schema_url() const noexcept { return schema_url_; }
  /// Encoded scope attributes; only `make_tracer` gives any.
  constexpr std::string_view encoded_attributes() const noexcept { return attributes_; }

 private:
  friend WEFT_API Tracer make_tracer(std::string, std::string, std::string, Attributes);
  std::string_view name_;
  std::string_view version_;
  std::string_view schema_url_;
  std::string_view attributes_;
};

/// A tracer whose texts are made at run time: they are interned for the life of the process, so
/// call it once per component, not once per request. Throws std::bad_alloc.
WEFT_API Tracer make_tracer(std::string name, std::string version = {}, std::string schema_url = {},
                            Attributes attributes = {});

}  // namespace weft::inline v0
