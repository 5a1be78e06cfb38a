// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <typeinfo>

#include <weft/attribute.hpp>
#include <weft/detail/context_state.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

class Span;
class Tracer;
struct SpanData;
Span& current_span() noexcept;

namespace detail {
struct SpanAccess;
struct SpanOverlay;
struct ThreadData;

/// Attributes on their way into a record: a braced list or an erased range.
class AttributeSource {
 public:
  AttributeSource() noexcept = default;
  AttributeSource(std::initializer_list<AttributeView> list) noexcept
      : list_(list.begin(), list.size()) {}
  explicit AttributeSource(const AttributeValueView& range) noexcept : range_(&range) {}
  std::span<const AttributeView> list() const noexcept { return list_; }
  const AttributeValueView* range() const noexcept { return range_; }
  bool empty() const noexcept { return list_.empty() && range_ == nullptr; }

 private:
  std::span<const AttributeView> list_;
  const AttributeValueView* range_ = nullptr;
};

/// What a braced list of attributes may hold: `{"key", value}`, or whole attributes alone.
template <class T>
concept ListedAttribute =
    std::same_as<T, AttributeView> || AttributeRange<const std::initializer_list<T>>;

/// Such a list during a call.
template <class T>
class ListedAttributes {
 public:
  explicit ListedAttributes(const std::initializer_list<T>& list) noexcept
      : view_(list), source_(view_) {}
  ListedAttributes(const ListedAttributes&) = delete;
  ListedAttributes& operator=(const ListedAttributes&) = delete;
  const AttributeSource& get() const noexcept { return source_; }

 private:
  const AttributeValueView view_;
  const AttributeSource source_;
};
template <>
class ListedAttributes<AttributeView> {
 public:
  explicit ListedAttributes(std::initializer_list<AttributeView> list) noexcept : source_(list) {}
  const AttributeSource& get() const noexcept { return source_; }

 private:
  const AttributeSource source_;
};
}  // namespace detail

/// What `Span` and `DetachedSpan` have in common: everything one can do to an open span.
/// Every call is safe from any thread, never throws and never blocks; it is a counted no-op
/// (`Stats::misused`) after the span's end, after shutdown and, for a span of its parent, in a
/// forked child; a plain no-op on a span that does not record.
class WEFT_API BasicSpan {
 public:
  using TimePoint = std::chrono::system_clock::time_point;

  BasicSpan(const BasicSpan&) = delete;
  BasicSpan& operator=(const BasicSpan&) = delete;

  /// Sets `key`, replacing an earlier value. Text is copied before the call returns.
  void set_attribute(std::string_view key, const AttributeValueView& value) noexcept {
    if (has_record()) write_value(key, value);
  }
  template <detail::ListedAttribute T = AttributeView>
  void set_attributes(std::initializer_list<T> attributes) noexcept {
    if (has_record()) write_attributes(detail::ListedAttributes(attributes).get());
  }
  template <detail::AttributeRange R>
  void set_attributes(R&& range) noexcept {
    if (!has_record()) return;
    const AttributeValueView view(range);
    write_attributes(detail::AttributeSource(view));
  }

  void add_event(std::string_view name) noexcept { write_event(name, nullptr, {}); }
  template <detail::ListedAttribute T = AttributeView>
  void add_event(std::string_view name, std::initializer_list<T> attributes) noexcept {
    write_event(name, nullptr, detail::ListedAttributes(attributes).get());
  }
  template <detail::AttributeRange R>
  void add_event(std::string_view name, R&& range) noexcept {
    const AttributeValueView view(range);
    write_event(name, nullptr, detail::AttributeSource(view));
  }
  void add_event(std::string_view name, TimePoint time) noexcept { write_event(name, &time, {}); }
  template <detail::ListedAttribute T = AttributeView>
  void add_event(std::string_view name, TimePoint time,
                 std::initializer_list<T> attributes) noexcept {
    write_event(name, &time, detail::ListedAttributes(attributes).get());
  }
  template <detail::AttributeRange R>
  void add_event(std::string_view name, TimePoint time, R&& range) noexcept {
    const AttributeValueView view(range);
    write_event(name, &time, detail::AttributeSource(view));
  }

  void add_link(const SpanContext& context) noexcept { write_link(context, {}); }
  template <detail::ListedAttribute T = AttributeView>
  void add_link(const SpanContext& context, std::initializer_list<T> attributes) noexcept {
    write_link(context, detail::ListedAttributes(attributes).get());
  }
  template <detail::AttributeRange R>
  void add_link(const SpanContext& context, R&& range) noexcept {
    const AttributeValueView view(range);
    write_link(context, detail::AttributeSource(view));
  }

  /// Ok is final; Unset is ignored; the description is kept for Error alone.
  void set_status(StatusCode code, std::string_view description = {}) noexcept;
  void update_name(std::string_view name) noexcept;

  /// Adds the event `exception` with the demangled dynamic type and the message; leaves the status
  /// alone. Nested exceptions are not followed.
  void record_exception(const std::exception& exception) noexcept {
    write_exception(exception, {});
  }
  template <detail::ListedAttribute T = AttributeView>
  void record_exception(const std::exception& exception,
                        std::initializer_list<T> attributes) noexcept {
    write_exception(exception, detail::ListedAttributes(attributes).get());
  }
  template <detail::AttributeRange R>
  void record_exception(const std::exception& exception, R&& range) noexcept {
    const AttributeValueView view(range);
    write_exception(exception, detail::AttributeSource(view));
  }

  /// What is set is kept: the span is open, and a sampler chose to record it.
  bool is_recording() const noexcept;
  /// Its ids; valid also for a span that does not record, and after the end.
  const SpanContext& context() const noexcept { return identity_.context; }

  /// What it holds so far, copied, `end_time` the clock's zero; for a processor's `on_start` and
  /// `on_ending`. None when it does not record or has ended. May throw std::bad_alloc.
  /// OpenTelemetry Tracing SDK, Additional Span Interfaces.
  std::optional<SpanData> data() const;

  /// Ends the span now; later calls are no-ops. A `Span` stays current until its scope's exit.
  void end() noexcept;
  /// Ends it at that time, but no earlier than its start.
  void end(TimePoint time) noexcept;

 protected:
  struct Unmade {};
  BasicSpan() noexcept : identity_() {}
  /// Without an identity: the caller makes one in its place, before anything else.
  explicit BasicSpan(Unmade) noexcept {}
  ~BasicSpan() { identity_.~SpanIdentity(); }

  bool has_record() const noexcept { return identity_.record.record != nullptr; }
  // Only with a record.
  void write_attribute(std::string_view key, const AttributeValueView& value) noexcept;
  void write_attribute(std::string_view key, std::string_view value) noexcept;
  void write_attribute(std::string_view key, std::int64_t value) noexcept;
  void write_attribute(std::string_view key, double value) noexcept;
  void write_attribute(std::string_view key, bool value) noexcept;
  // By what the compiler knows the value to be, so that no view of it is laid out and looked at.
  [[gnu::always_inline]] void write_value(std::string_view key,
                                          const AttributeValueView& value) noexcept {
    using Kind = AttributeValueView::Kind;
    const Kind kind = value.kind();
    if (!__builtin_constant_p(kind)) return write_attribute(key, value);
    if (kind == Kind::text) return write_attribute(key, value.text());
    if (kind == Kind::real) return write_attribute(key, value.real());
    if (kind == Kind::boolean) return write_attribute(key, value.boolean());
    if (kind == Kind::integer && !value.is_beyond_integer()) {
      return write_attribute(key, value.integer());
    }
    write_attribute(key, value);
  }
  void write_attributes(const detail::AttributeSource& attributes) noexcept;
  void write_event(std::string_view name, const TimePoint* time,
                   const detail::AttributeSource& attributes) noexcept;
  void write_link(const SpanContext& context, const detail::AttributeSource& attributes) noexcept;
  void write_exception(const std::exception& exception,
                       const detail::AttributeSource& attributes) noexcept;

  friend struct detail::SpanAccess;
  union {  // so that a span's start writes it once
    detail::SpanIdentity identity_;
  };
  bool ended_ = false;  // by this handle
};

/// A span that is current from its start to the end of its scope, where it ends and exactly what
/// was current before is current again, the request id included. Made by `Tracer::start`; neither
/// copyable nor movable. One that closes on another thread, or out of order, never disturbs another
/// context. An exception that leaves the scope adds the event `exception` and an Error status.
class WEFT_API Span : public BasicSpan {
 public:
  ~Span();

 private:
  friend class Tracer;
  friend class RequestSpan;
  friend struct detail::SpanAccess;
  Span() noexcept : node_(nullptr), node_word_(0), exceptions_at_start_(0) {}
  /// `attributes` may be null.
  Span(const Tracer& tracer, std::string_view name,
       const detail::AttributeSource* attributes) noexcept;
  Span(const Tracer& tracer, std::string_view name, const SpanOptions& options) noexcept;
  void begin(const Tracer& tracer, std::string_view name, const SpanOptions* options,
             const detail::AttributeSource* attributes) noexcept;
  void enter(detail::ThreadData& thread, detail::ContextState& state,
             detail::SpanNode& node) noexcept;

  // Three are written at the end of a start, and only there.
  detail::SpanNode* node_;
  std::uint64_t node_word_;
  detail::SpanOverlay* overlay_ = nullptr;
  int exceptions_at_start_;
};

/// What `DetachedSpan::activate` returns: the span is current until the closing brace; it is not
/// ended there.
class WEFT_API SpanScope {
 public:
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;
  ~SpanScope();

 private:
  friend class DetachedSpan;
  explicit SpanScope(const detail::SpanIdentity& identity) noexcept;
  detail::SpanNode* node_ = nullptr;
  std::uint64_t node_word_ = 0;
};

/// A span that is not current and may be moved, kept and ended on another thread: for callbacks and
/// for work that outlives a scope. Made by `Tracer::start_detached`; its destructor ends it.
class WEFT_API DetachedSpan : public BasicSpan {
 public:
  /// Does not record; its ids are invalid.
  DetachedSpan() noexcept = default;
  DetachedSpan(DetachedSpan&& other) noexcept;
  DetachedSpan& operator=(DetachedSpan&& other) noexcept;
  ~DetachedSpan();

  /// Makes it current until the closing brace of the returned scope.
  [[nodiscard]] SpanScope activate() const noexcept { return SpanScope(identity_); }

 private:
  friend class Tracer;
  friend struct detail::SpanAccess;
  /// Options and attributes may be null.
  DetachedSpan(const Tracer& tracer, std::string_view name, const SpanOptions* options,
               const detail::AttributeSource* attributes) noexcept;
};

/// The span that is current on this thread, always usable: one that does not record when there is
/// none. Good until this thread's current span changes.
WEFT_API Span& current_span() noexcept;

/// The span of a Context: the one it would give to a child; invalid when there is none.
WEFT_API SpanContext span_context(const Context& context) noexcept;

}  // namespace weft::inline v0
