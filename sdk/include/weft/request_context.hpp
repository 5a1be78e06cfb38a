// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/detail/context_state.hpp>
#include <weft/detail/request_value.hpp>
#include <weft/error.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// A key and its first value, for `RequestContext::init({{"tenant", "acme"}})`.
struct RequestEntry {
  std::string_view key;
  detail::RequestValue value;
};

/// What `RequestContext::scope` returns: at its end the request context is what it was before,
/// mostly "not initialised". One that closes in another context or on another thread leaves that
/// context alone and is counted in `Stats::misused`.
class WEFT_API RequestScope {
 public:
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;
  ~RequestScope();

 private:
  friend class RequestContext;
  explicit RequestScope(std::initializer_list<RequestEntry> first);
  detail::TokenState state_;
};

/// The values of the request being served: who asks, for which tenant, and whatever else the
/// service's layers tell each other. Keys are text, values of any type.
///
///     auto request = weft::RequestContext::scope();       // or init() … clear()
///     weft::RequestContext::set("tenant", "acme");
///     weft::RequestContext::get("tenant");                // std::optional<std::string>
///     weft::RequestContext::get<int>("attempt");          // std::optional<int>
///
/// It lives in the current Context: every function may be called from any thread and concerns what
/// is current there. What a child task or a bound callable inherits is a copy, and so is a forked
/// child's. No lock; each call is O(1), but for the first `set` after the context was copied.
/// Text of any kind is kept as std::string; numbers can be read as any number that holds them.
/// Every function but `init`, `scope`, `clear` and `is_initialized` throws ContextNotInitialized
/// where there was no `init`. `"user_id"` and `"trace_id"` are ordinary keys with names of their
/// own.
class WEFT_API RequestContext {
 public:
  /// Begins a request with nothing but these values; what was there is forgotten.
  static void init() { init({}); }
  static void init(std::initializer_list<RequestEntry> first);
  /// The same with the pairs of a map or any other range, keys being text.
  template <class Range>
    requires requires(const Range& range) {
      { range.begin()->first } -> std::convertible_to<std::string_view>;
    }
  static void init(const Range& first) {
    init();
    for (const auto& [key, value] : first) set(key, value);
  }
  /// As `init`, until the closing brace.
  [[nodiscard]] static RequestScope scope() { return RequestScope({}); }
  [[nodiscard]] static RequestScope scope(std::initializer_list<RequestEntry> first) {
    return RequestScope(first);
  }
  /// Back to "not initialised"; nothing happens where it is that already.
  static void clear() noexcept;
  static bool is_initialized() noexcept;

  /// Replaces what the key had.
  template <class V>
  static void set(std::string_view key, V&& value) {
    set_value(key, detail::RequestValue(std::forward<V>(value)));
  }

  /// The value of a key, by value; empty when it has none or one of another type. `get("trace_id")`
  /// is the current span's where none was set.
  template <std::copy_constructible T = std::string>
  static std::optional<T> get(std::string_view key) {
    const std::optional<detail::RequestValue> found = find_value(key);
    return found ? found->as<T>() : std::nullopt;
  }
  /// The value of a key, else `fallback`, whose type is asked for unless T is named.
  template <class T = void, class F>
  static auto get(std::string_view key, F&& fallback) {
    using Wanted = std::conditional_t<!std::is_void_v<T>, T, detail::Fallback<F>>;
    std::optional<Wanted> found = get<Wanted>(key);
    return found ? Wanted(*std::move(found)) : Wanted(std::forward<F>(fallback));
  }
  /// Every key and its value as text, the user's and the trace's ids among them where there are
  /// any.
  static std::map<std::string, std::string> all();

  static void set_user_id(std::string_view id) { set("user_id", id); }
  /// Throws LookupError("user_id") when none was set, or an empty one, or "unknown".
  static std::string user_id() { return known("user_id"); }

  static void set_trace_id(std::string_view id) { set("trace_id", id); }
  /// The id that was set, else the current span's trace id. Throws LookupError("trace_id") when
  /// there is neither, or it is empty or "unknown".
  static std::string trace_id() { return known("trace_id"); }

 private:
  static void set_value(std::string_view key, detail::RequestValue value);
  static std::optional<detail::RequestValue> find_value(std::string_view key);
  static std::string known(std::string_view key);
};

}  // namespace weft::inline v0
