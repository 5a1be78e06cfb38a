// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/detail/context_state.hpp>
#include <weft/detail/value_text.hpp>
#include <weft/error.hpp>
#include <weft/request_id.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

template <class T>
class ContextVar;

/// What `ContextVar::set` returns: remembers the value before. Move-only; a moved-from token counts
/// as used; dropping one resets nothing. Good for one `reset`, in the Context in which it was made.
template <class T>
class Token {
 public:
  Token(Token&&) noexcept = default;
  Token& operator=(Token&&) noexcept = default;

  /// The value before, empty when it was unset.
  std::optional<T> old_value() const
    requires std::copy_constructible<T>
  {
    const void* old = state_.old();
    if (old == nullptr) return std::nullopt;
    return *static_cast<const T*>(old);
  }
  const ContextVar<T>& var() const noexcept {
    return static_cast<const ContextVar<T>&>(*state_.variable);
  }

 private:
  friend class ContextVar<T>;
  template <class Value>
  Token(const detail::VariableBase& its_variable, Value its_fresh)
      : state_(detail::TokenState::Unmade()) {
    detail::set_value(its_variable, its_fresh, state_);
  }
  mutable detail::TokenState state_;  // used by `reset`, whose argument may be const
};

/// Sets a variable until the closing brace: what `ContextVar::scoped` returns. One that closes in
/// another context or on another thread leaves that context alone and is counted in
/// `Stats::misused`.
template <class T>
class [[nodiscard]] Scoped {
 public:
  template <class Value>
  Scoped(const detail::VariableBase& its_variable, Value its_fresh)
      : state_(detail::TokenState::Unmade()) {
    detail::set_value(its_variable, its_fresh, state_);
  }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  ~Scoped() { detail::reset_scope(state_); }

 private:
  detail::TokenState state_;
};

namespace detail {

/// What `T(value)` takes and `T t = value` does not.
template <class U, class T>
concept ExplicitlyMakes = std::constructible_from<T, U> && !std::convertible_to<U, T>;

/// Chooses the constructor of a RecyclableContextVar.
struct Recyclable {};

/// A default value that is never destroyed, so that it can be read in static destructors.
template <class T, bool Trivial = std::is_trivially_destructible_v<T>>
union DefaultValue {
  constexpr DefaultValue() noexcept : none{} {}
  template <class U>
  constexpr explicit DefaultValue(std::in_place_t, U&& its_initial)
      : value(static_cast<T>(std::forward<U>(its_initial))) {}  // `{"n", 0}` for any arithmetic T
  const T& get() const noexcept { return value; }
  char none;
  T value;
};

template <class T>
union DefaultValue<T, false> {
  constexpr DefaultValue() noexcept : none{} {}
  template <class U>
  explicit DefaultValue(std::in_place_t, U&& its_initial) : none{} {
    ::new (static_cast<void*>(storage)) T(std::forward<U>(its_initial));
  }
  const T& get() const noexcept { return *std::launder(reinterpret_cast<const T*>(storage)); }
  char none;
  alignas(T) std::byte storage[sizeof(T)];
};

}  // namespace detail

/// A variable whose value belongs to the current Context, as Python's `contextvars.ContextVar`:
/// one logical request sees its own value through calls, coroutines, executors and `bind`, and
/// nobody else sees it. Meant for namespace scope or static members:
///
///     inline const weft::ContextVar<std::string> user_id{"user_id"};
///
/// Two variables with one name are two variables. The name's text must outlive the variable.
/// Every call may be made from any thread; it concerns the context current there. Values are
/// immutable once set, so contexts share them. T needs to be movable; only `old_value()`, `get_or`
/// and a copying caller need a copy. A forked child inherits the values.
template <class T>
class ContextVar : public detail::VariableBase {
  static_assert(std::is_object_v<T> && std::is_same_v<T, std::remove_cv_t<T>>,
                "a ContextVar holds a plain object type");
  static constexpr bool kIsRequestId = std::is_same_v<T, RequestId>;

 public:
  /// What `get()` returns: a reference, but the request id (which may be derived) by value.
  using Result = std::conditional_t<kIsRequestId, T, const T&>;

  constexpr explicit ContextVar(std::string_view name) noexcept
      : VariableBase(name, 0, &detail::write_value<T>) {}
  template <class U = T>
    requires std::constructible_from<T, U&&>
  constexpr ContextVar(std::string_view name, U&& default_value)
      : VariableBase(name, 0, &detail::write_value<T>),
        has_default_(true),
        default_(std::in_place, std::forward<U>(default_value)) {}
  /// For weft::request_id alone.
  constexpr ContextVar(std::string_view name, T default_value, std::uint32_t slot)
    requires kIsRequestId
      : VariableBase(name, slot, &detail::write_value<T>),
        has_default_(true),
        default_(std::in_place, default_value) {}

  /// The value here, else the default. Throws LookupError when there is neither. The reference is
  /// good until the next set or reset of this variable here, or until the context is left.
  Result get() const {
    if (const T* value = find()) return *value;
    if (has_default_) return default_.get();
    detail::throw_lookup_error(name());
  }
  /// The value here, else `fallback`, which wins over the default.
  template <class U = T>
  T get_or(U&& fallback) const {
    if (const T* value = find()) return *value;
    return static_cast<T>(std::forward<U>(fallback));
  }
  /// The value here or null; ignores the default.
  const T* find() const noexcept {
    if constexpr (kIsRequestId) {
      if (slot() == detail::kRequestIdSlot) return detail::find_request_id();
    }
    const detail::ValueBox* box = detail::find_value(tagged_slot());
    return box != nullptr ? static_cast<const T*>(box->payload()) : nullptr;
  }

  /// Sets the value in the current context. Throws only what T's move or the allocator throws.
  Token<T> set(T value) const { return {*this, boxed(std::move(value))}; }
  /// … with what makes a T explicitly, as a std::string_view makes a std::string.
  template <detail::ExplicitlyMakes<T> U>
  Token<T> set(U&& value) const {
    return set(T(std::forward<U>(value)));
  }
  /// Restores exactly what was before the `set` that made `token`, "unset" included. Throws
  /// TokenUsedError, TokenVarError or TokenContextError; the token stays usable then.
  void reset(const Token<T>& token) const {
    if constexpr (detail::kFitsWords<T>) {
      detail::reset_words(*this, token.state_);
    } else {
      detail::reset_value(*this, token.state_);
    }
  }
  /// Sets now, resets at the closing brace.
  Scoped<T> scoped(T value) const { return {*this, boxed(std::move(value))}; }
  template <detail::ExplicitlyMakes<T> U>
  Scoped<T> scoped(U&& value) const {
    return scoped(T(std::forward<U>(value)));
  }

  bool has_default() const noexcept { return has_default_; }
  /// The default. Precondition: has_default().
  const T& default_value() const noexcept { return default_.get(); }

 protected:
  constexpr ContextVar(detail::Recyclable, std::string_view name) noexcept
      : VariableBase(name, 0, &detail::write_value<T>, true) {}
  template <class U>
  constexpr ContextVar(detail::Recyclable, std::string_view name, U&& default_value)
      : VariableBase(name, 0, &detail::write_value<T>, true),
        has_default_(true),
        default_(std::in_place, std::forward<U>(default_value)) {}

 private:
  auto boxed(T&& value) const {
    if constexpr (detail::kFitsWords<T>) {
      return detail::words_of(value);
    } else {
      return detail::make_box<T>(*this, std::move(value));
    }
  }

  bool has_default_ = false;
  detail::DefaultValue<T> default_;
};

namespace detail {
/// What holds a default of that type: a text is owned.
template <class T>
using HeldDefault =
    std::conditional_t<std::is_same_v<T, const char*> || std::is_same_v<T, char*>, std::string, T>;
}  // namespace detail

/// `ContextVar depth{"depth", 0}`: of the default's type; a std::string where that is a literal.
template <class T>
ContextVar(std::string_view, T) -> ContextVar<detail::HeldDefault<T>>;

/// The id of the request being served: the current span's trace id, unless an upstream id came in
/// or one was set. A span sets it on entry and restores on exit exactly what was there. "" when no
/// span is open and none was set.
WEFT_API extern const ContextVar<RequestId> request_id;

}  // namespace weft::inline v0
