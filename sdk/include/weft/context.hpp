// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/detail/computation.hpp>
#include <weft/detail/context_state.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

class Context;
Context copy_context() noexcept;
template <class T>
class Task;

namespace detail {
template <class T>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<Task<T>> = true;
}  // namespace detail

/// One variable that is set in a Context, as iteration shows it.
class ContextItem {
 public:
  std::string_view name() const noexcept { return variable_->name(); }
  /// The value, if this item is of `var`; else null. Good as long as this item is there and the
  /// Context is not changed.
  template <class T>
  const T* get_if(const ContextVar<T>& var) const noexcept {
    if (variable_ != &var) return nullptr;
    if constexpr (std::is_same_v<T, RequestId>) {
      if (value_ == nullptr) return &derived_;
    }
    return static_cast<const T*>(value_);
  }
  /// Appends the value as `dump` writes it: text in quotes, numbers, `<Type>` for what has no text.
  void append_value(std::string& out) const {
    variable_->append_value(value_ != nullptr ? value_ : &derived_, out);
  }

 private:
  friend class ContextIterator;
  const detail::VariableBase* variable_ = nullptr;
  const void* value_ = nullptr;
  RequestId derived_;  // the open span's, which is in no box: `value_` is null then
};

/// Walks the variables that are set in a Context, in no promised order.
class WEFT_API ContextIterator {
 public:
  using value_type = ContextItem;
  using reference = ContextItem;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;

  ContextIterator() noexcept = default;
  ContextIterator(const detail::ContextState& state, std::uint32_t slot) noexcept;
  ContextItem operator*() const noexcept;
  ContextIterator& operator++() noexcept;
  ContextIterator operator++(int) noexcept {
    ContextIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const ContextIterator& a, const ContextIterator& b) noexcept {
    return a.slot_ == b.slot_;
  }

 private:
  void skip_unset() noexcept;

  const detail::ContextState* state_ = nullptr;
  std::uint32_t slot_ = 0;
};

/// A set of variables and the current span, as Python's `contextvars.Context`: a value. Made empty,
/// by `copy_context()` or by `extract()`; `run` enters it. Copying takes one count up, whatever the
/// number of variables; changing a copy never shows in another.
/// A Context may be used by one thread at a time; copies of it are independent. While it is
/// entered, assigning to it throws ContextEnteredError, moving from it copies it, and reading it
/// from another thread is a race.
class WEFT_API Context {
 public:
  /// Nothing set, no span.
  Context() noexcept {}
  Context(const Context& other) noexcept { copy_from(other.state_); }
  Context(Context&& other) noexcept;
  /// Throws ContextEnteredError when this Context is entered.
  Context& operator=(const Context& other);
  Context& operator=(Context&& other);
  ~Context() {
    if (state_.variables != nullptr || state_.span != nullptr) clear();
  }

  /// Calls `f(args...)` with this Context current; what is set stays inside it. Returns what the
  /// callable returns, passes exceptions on, and restores the caller's context either way. Throws
  /// ContextEnteredError when this very object is already entered, here or on another thread.
  template <class F, class... Args>
  std::invoke_result_t<F, Args...> run(F&& function, Args&&... args) {
    Entry entry(*this);
    return std::invoke(std::forward<F>(function), std::forward<Args>(args)...);
  }

  /// The value, else the variable's default; throws LookupError when there is neither.
  template <class T>
  typename ContextVar<T>::Result get(const ContextVar<T>& var) const {
    if (const T* value = find(var)) return *value;
    if (var.has_default()) return var.default_value();
    detail::throw_lookup_error(var.name());
  }
  /// The value or null; ignores the default.
  template <class T>
  const T* find(const ContextVar<T>& var) const noexcept {
    if constexpr (std::is_same_v<T, RequestId>) {
      if (var.slot() == detail::kRequestIdSlot) return detail::find_request_id(state_);
    }
    const detail::ValueBox* box = detail::find_value(state_, var.tagged_slot());
    return box != nullptr ? static_cast<const T*>(box->payload()) : nullptr;
  }
  template <class T, class U = T>
  T get_or(const ContextVar<T>& var, U&& fallback) const {
    if (const T* value = find(var)) return *value;
    return static_cast<T>(std::forward<U>(fallback));
  }
  template <class T>
  bool contains(const ContextVar<T>& var) const noexcept {
    return find(var) != nullptr;
  }

  /// The value of `var` in this Context; where there is none, `f()` computes it, here and in the
  /// context that is current, and it is set. Once per Context: of several callers at a time, on
  /// several threads, one computes and the others wait for it. When `f` throws, that caller gets
  /// the exception, and the next one tries. The default is ignored; a value that was set is found.
  /// Throws RecursiveComputationError where waiting would never end: computing `var` needs `var`,
  /// also by way of other variables, threads and bound callables.
  /// For request-scoped caching hand an explicit Context to whatever shares its values. Calls of
  /// this may overlap each other on one Context, but no other use of that object, being current
  /// included. A forked child gives up what other threads were computing. The reference is good as
  /// long as that of `get`.
  template <class T, std::invocable F>
    requires(!detail::kIsTask<std::invoke_result_t<F>>)
  typename ContextVar<T>::Result get_or_compute(const ContextVar<T>& var, F&& function) {
    detail::Computation turn(state_, var);
    if (turn.value() == nullptr) {
      turn.publish(detail::make_box<T>(var, std::invoke(std::forward<F>(function))));
    }
    return *static_cast<const T*>(turn.value());
  }

  /// The same in a coroutine, with an `f` that gives a Task:
  /// `const User& user = co_await shared.get_or_compute(user_var, [&] { return load(id); });`
  /// Who waits is suspended, and resumed by who computed. Include <weft/coroutine.hpp>.
  template <class T, std::invocable F>
    requires detail::kIsTask<std::invoke_result_t<F>>
  Task<typename ContextVar<T>::Result> get_or_compute(const ContextVar<T>& var, F function);

  /// How many variables are set.
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  ContextIterator begin() const noexcept { return {state_, 1}; }
  ContextIterator end() const noexcept { return {state_, 0}; }
  /// A range over the variables that are set: `for (auto item : context.items())`.
  const Context& items() const& noexcept { return *this; }
  Context items() && noexcept { return std::move(*this); }

 private:
  friend Context copy_context() noexcept;
  friend struct ContextAccess;

  /// Enters on construction, leaves on destruction.
  class WEFT_API Entry {
   public:
    explicit Entry(Context& context);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    Context& context_;
    detail::ContextState* before_;
  };

  explicit Context(const detail::ContextState& source) noexcept { copy_from(source); }
  void copy_from(const detail::ContextState& source) noexcept;
  void steal_from(Context& other) noexcept;
  void replace_with(Context&& fresh) noexcept;
  void clear() noexcept;
  void check_not_entered() const;

  detail::SpanNode& inherit(const detail::SpanIdentity& identity) noexcept;
  detail::SpanNode& inherited() noexcept {
    return *std::launder(reinterpret_cast<detail::SpanNode*>(inherited_));
  }

  detail::ContextState state_;
  std::atomic<bool> entered_{false};
  bool has_inherited_ = false;
  // The span of the context that this was copied from, by value; made only when there is one.
  alignas(detail::SpanNode) std::byte inherited_[sizeof(detail::SpanNode)];
};

/// A snapshot of the current context: its variables and its current span. O(1), never throws.
WEFT_API Context copy_context() noexcept;

/// One line for a log: the span and every variable that is set, with its value:
/// `span=<trace id>/<span id> user_id="u-1" depth=3`. Control characters are spelled and long texts
/// are cut. It shows whatever the variables hold, so look at what you log.
WEFT_API std::string dump(const Context& context);

}  // namespace weft::inline v0
