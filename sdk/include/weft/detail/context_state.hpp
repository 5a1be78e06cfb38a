// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a Context is made of. Not part of the public face: names here may change in any release.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/span_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

struct Record;
struct ContextBlock;
struct TaskScope;

/// Appends a value to a line of text.
using WriteValue = void (*)(const void* value, std::string& out);

/// The untyped half of a ContextVar: its name, and the slot it takes at its first `set`.
class VariableBase {
 public:
  /// `write` is for `dump`; the values of a recyclable variable go out of date.
  constexpr explicit VariableBase(std::string_view name, std::uint32_t slot = 0,
                                  WriteValue write = nullptr, bool is_recyclable = false) noexcept
      : name_(name), write_(write), slot_(slot), is_recyclable_(is_recyclable) {}
  VariableBase(const VariableBase&) = delete;
  VariableBase& operator=(const VariableBase&) = delete;

  constexpr std::string_view name() const noexcept { return name_; }
  /// In a recyclable variable's tagged slot: no block is that long, so the short ways leave it be.
  static constexpr std::uint32_t kRecyclable = std::uint32_t{1} << 31;

  /// 0: not set anywhere yet.
  std::uint32_t slot() const noexcept { return tagged_slot() & ~kRecyclable; }
  /// Relaxed: the number means nothing without a block that was handed over with its own
  /// synchronisation.
  std::uint32_t tagged_slot() const noexcept { return slot_.load(std::memory_order_relaxed); }
  WEFT_API std::uint32_t assigned_slot() const noexcept;
  bool is_recyclable() const noexcept { return is_recyclable_; }
  void append_value(const void* value, std::string& out) const {
    if (write_ != nullptr) write_(value, out);
  }

 private:
  std::string_view name_;
  WriteValue write_;
  mutable std::atomic<std::uint32_t> slot_;
  bool is_recyclable_;
};

/// A counted, immutable value: shared by every context that holds it. One in a thread's free list
/// keeps the word and the other members of a fresh one.
struct alignas(16) ValueBox {
  // Owners in the low half, what it is above: one comparison tells all of it.
  static constexpr std::uint64_t kOwners = 0xffff'ffff;
  static constexpr std::uint64_t kIsCell = std::uint64_t{1} << 32;    // of a thread's free list
  static constexpr std::uint64_t kDestroys = std::uint64_t{1} << 33;  // `destroy` has work to do
  static constexpr std::uint64_t kIsDated = std::uint64_t{1} << 34;   // `updated_at` is set
  static constexpr int kPaddingShift = 48;  // bytes of its memory that lie before it

  std::atomic<std::uint64_t> word{1};
  union {
    const VariableBase* variable = nullptr;
    ValueBox* next_free;
  };
  void (*destroy)(void*) = nullptr;
  std::uint64_t updated_at = ~std::uint64_t{0};  // older than its context's recycle: out of date

  /// Before anyone else has it.
  void mark(std::uint64_t flag) noexcept {
    word.store(word.load(std::memory_order_relaxed) | flag, std::memory_order_relaxed);
  }
  void set_date(std::uint64_t recycles) noexcept {
    updated_at = recycles;
    mark(kIsDated);
  }

  // The value follows: a reader of the context need not look at the box.
  void* payload() noexcept { return this + 1; }
  const void* payload() const noexcept { return this + 1; }
};

/// Memory for a box and a value of that size and alignment; throws std::bad_alloc.
WEFT_API ValueBox* allocate_box(std::size_t size, std::size_t alignment);
/// Gives back the memory of a box whose value was never made.
WEFT_API void free_box(ValueBox* box) noexcept;
/// One reference less; the last destroys the value.
WEFT_API void release_box(ValueBox* box) noexcept;

template <class T, class... Args>
ValueBox* make_box(const VariableBase& variable, Args&&... args) {
  ValueBox* box = allocate_box(sizeof(T), alignof(T));
  try {
    ::new (box->payload()) T(std::forward<Args>(args)...);
  } catch (...) {
    free_box(box);
    throw;
  }
  box->variable = &variable;
  if constexpr (!std::is_trivially_destructible_v<T>) {
    box->destroy = [](void* its_value) { static_cast<T*>(its_value)->~T(); };
    box->mark(ValueBox::kDestroys);
  }
  return box;
}

/// Where a span is recorded. Checked before every touch: another generation or epoch means that
/// the record is no longer this span's.
struct RecordRef {
  Record* record = nullptr;  // null: the span does not record
  std::uint32_t generation = 0;
  std::uint32_t epoch = 0;  // 0: no span of this process
};

/// A span as others see it: by value, so that it outlives the span. The first 28 bytes are those
/// of OTEP 4947.
struct SpanIdentity {
  SpanContext context{};
  RecordRef record{};
  std::int64_t clock_offset = 0;  // nanoseconds from the steady clock to Unix time, per local root
};

/// An entry in a context's stack of open spans. Lives in memory that is never returned to the
/// system, so a span that outlived its context, or ends on another thread, can look at `word`.
struct SpanNode {
  SpanIdentity identity{};
  SpanNode* below = nullptr;
  std::atomic<std::uint64_t> word{0};  // serial * 2 + closed elsewhere; 0: inherited by copying
  // Relaxed: who closes it from elsewhere only compares, and believes `word` alone.
  std::atomic<std::uint64_t> context_id{0};
  ValueBox* saved_request_id = nullptr;
  bool has_saved_request_id = false;
};

/// The current context of a thread is one of these, reached by one pointer: entering a Context or
/// resuming a task is a pointer exchange.
struct ContextState {
  ContextBlock* variables = nullptr;
  SpanNode* span = nullptr;    // the innermost open span, or the inherited one
  std::uint64_t id = 0;        // identity for tokens; 0 until the first token or span
  std::uint64_t recycle = 0;   // the last one here; goes with every copy of the variables
  TaskScope* scope = nullptr;  // the task whose it is, or its guest's; null outside of coroutines
};

/// The context that is current on this thread. Never inlined: a coroutine may have moved.
WEFT_API ContextState& current_state() noexcept;
/// Makes `next` current and returns what was; null stands for the thread's own base context.
WEFT_API ContextState* exchange_state(ContextState* next) noexcept;

/// What a variable's tagged slot holds in the current context, or null.
WEFT_API const ValueBox* find_value(std::uint32_t tagged_slot) noexcept;
WEFT_API const ValueBox* find_value(const ContextState& state, std::uint32_t tagged_slot) noexcept;

/// A small trivially copyable value on its way into a context: in registers.
struct Words {
  std::uint64_t first;
  std::uint64_t second;
};
template <class T>
inline constexpr bool kFitsWords = std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(Words) &&
                                   alignof(T) <= alignof(ValueBox);
template <class T>
Words words_of(const T& value) noexcept {
  Words words{};
  std::memcpy(static_cast<void*>(&words), &value, sizeof value);
  return words;
}

/// What a Token is made of.
struct TokenState {
  struct Unmade {};
  static constexpr std::uint32_t kUsed = 1;
  static constexpr std::uint32_t kDerived = 2;   // the old value was the open span's request id
  static constexpr std::uint32_t kHasWords = 4;  // `words` is the old value: after a reset

  const VariableBase* variable;
  std::uint64_t context_id;
  ValueBox* old_value;
  std::uint32_t flags;
  alignas(ValueBox) Words words;

  TokenState() noexcept : variable(nullptr), context_id(0), old_value(nullptr), flags(kUsed) {}
  /// For `set_value`, which makes it: nothing is written twice.
  explicit TokenState(Unmade) noexcept {}
  TokenState(TokenState&& other) noexcept { take(other); }
  TokenState& operator=(TokenState&& other) noexcept {
    if (this == &other) return *this;
    ValueBox* gone = old_value;
    take(other);
    if (gone != nullptr) release_box(gone);  // last: its destructor may look at this token
    return *this;
  }
  ~TokenState() {
    if (old_value != nullptr) release_old_value();
  }

  /// The value before, or null.
  const void* old() const noexcept {
    if ((flags & kHasWords) != 0) return &words;
    return old_value != nullptr ? old_value->payload() : nullptr;
  }

 private:
  void take(TokenState& other) noexcept {
    variable = other.variable;
    context_id = other.context_id;
    old_value = std::exchange(other.old_value, nullptr);
    flags = std::exchange(other.flags, kUsed);
    if ((flags & kHasWords) != 0) words = other.words;
  }
  WEFT_API void release_old_value() noexcept;
};

/// Puts `fresh` into the current context and makes `token`, which remembers what was before.
/// Takes `fresh` over also when it throws (std::bad_alloc).
WEFT_API void set_value(const VariableBase& variable, ValueBox* fresh, TokenState& token);
/// The same for a value that fits words, in one call.
WEFT_API void set_value(const VariableBase& variable, Words value, TokenState& token);
/// Restores what `token` remembers; throws one of the token errors and leaves the token usable.
WEFT_API void reset_value(const VariableBase& variable, TokenState& token);
/// The same for values that fit words: the token keeps a copy of the old one.
WEFT_API void reset_words(const VariableBase& variable, TokenState& token);
/// For scopes: as reset_value, but a mismatch is counted as misuse instead of thrown.
WEFT_API void reset_scope(TokenState& token) noexcept;

[[noreturn]] WEFT_API void throw_lookup_error(std::string_view name);

}  // namespace weft::inline v0::detail
