// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <new>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/error.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/recycles.hpp"
#include "context/span_node.hpp"
#include "context/value_cells.hpp"

namespace weft::inline v0::detail {

namespace {

/// Releases the value unless it found its place.
class Owned {
 public:
  explicit Owned(ValueBox* box) noexcept : box_(box) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (box_ != nullptr) release_box(box_);
  }
  ValueBox* take() noexcept { return std::exchange(box_, nullptr); }

 private:
  ValueBox* box_;
};

// The open span's request id counts as set: the token must give it as the old value.
void note_derived_request_id(const ContextState& state, TokenState& token) {
  const RequestId* derived = find_request_id(state);
  if (derived == nullptr) return;
  token.old_value = make_box<RequestId>(request_id, *derived);
  token.flags |= TokenState::kDerived;
}

bool is_derived(const TokenState& token) noexcept {
  return (token.flags & TokenState::kDerived) != 0;
}

enum class Mismatch { none, used, variable, context };

Mismatch check(const VariableBase& variable, const TokenState& token,
               const ContextState& state) noexcept {
  if ((token.flags & TokenState::kUsed) != 0) return Mismatch::used;
  if (token.variable != &variable) return Mismatch::variable;
  if (token.context_id != state.id) return Mismatch::context;
  return Mismatch::none;
}

// `fresh` in the place of what is there, which the token takes over.
[[gnu::always_inline]] inline void put_in(const ContextState& state, ContextBlock& block,
                                          std::uint32_t slot, const VariableBase& variable,
                                          ValueBox* fresh, TokenState& token) noexcept {
  token.variable = &variable;
  token.context_id = state.id;
  token.old_value = std::exchange(block.slots()[slot - 1], fresh);
  token.flags = 0;
}

// `old`, owned, in the place of what is there.
[[gnu::always_inline]] inline void put_back(ContextBlock& block, std::uint32_t slot,
                                            TokenState& token, ValueBox* old) noexcept {
  ValueBox* gone = std::exchange(block.slots()[slot - 1], old);
  token.flags |= TokenState::kUsed;
  if (gone != nullptr) release_box_quickly(this_thread_data, gone);
}

[[noreturn, gnu::noinline]] void throw_mismatch(Mismatch mismatch, std::string_view name) {
  switch (mismatch) {
    case Mismatch::used:
      throw TokenUsedError(name);
    case Mismatch::variable:
      throw TokenVarError(name);
    default:
      throw TokenContextError(name);
  }
}

void put_words(ValueBox& box, const VariableBase& variable, Words value) noexcept {
  box.variable = &variable;
  // As bytes: the object that they are is of another type.
  std::memcpy(box.payload(), &value, sizeof value);
}

[[gnu::noinline]] void set_slowly(const VariableBase& variable, ValueBox* fresh,
                                  TokenState& token) {
  token.old_value = nullptr;  // the token is as good as made when this throws
  token.flags = TokenState::kUsed;
  Owned owned(fresh);
  ThreadData* thread = thread_data();
  if (thread == nullptr) throw std::bad_alloc();
  ContextState& state = current_state_inline();
  const std::uint32_t slot = variable.assigned_slot();
  token.variable = &variable;
  token.context_id = context_id(*thread, state);
  // What a span that was closed from elsewhere left behind goes first: it may replace the id.
  if (slot == kRequestIdSlot) [[unlikely]]
    top_span(state);
  ContextBlock& block = writable_block(state, slot);
  ValueBox*& place = block.slots()[slot - 1];
  if (slot == kRequestIdSlot) [[unlikely]] {
    if (place == nullptr) note_derived_request_id(state, token);
    save_request_id(state, place);
  }
  if (variable.is_recyclable()) fresh->set_date(recycles_so_far());
  ValueBox* old = std::exchange(place, owned.take());
  token.flags &= ~TokenState::kUsed;
  if (old != nullptr && old->updated_at < state.recycle) [[unlikely]]
    return release_box(old);
  if ((token.flags & TokenState::kDerived) == 0) token.old_value = old;
}

[[gnu::noinline]] void set_boxed(const VariableBase& variable, Words value, TokenState& token) {
  token.old_value = nullptr;
  ValueBox* box = allocate_box(sizeof value, alignof(Words));
  put_words(*box, variable, value);
  set_value(variable, box, token);
}

}  // namespace

void set_value(const VariableBase& variable, ValueBox* fresh, TokenState& token) {
  const ContextState& state = current_state_inline();
  const std::uint32_t slot = variable.tagged_slot();
  ContextBlock* block = own_block(state, slot);
  if (block == nullptr || state.id == 0 || slot <= kRequestIdSlot) [[unlikely]] {
    return set_slowly(variable, fresh, token);
  }
  put_in(state, *block, slot, variable, fresh, token);
}

void set_value(const VariableBase& variable, Words value, TokenState& token) {
  ThreadData* thread = this_thread_data;
  ContextState& state = current_state_inline();
  const std::uint32_t slot = variable.tagged_slot();
  ContextBlock* block = own_block(state, slot);
  static_assert(!kFitsWords<RequestId>);  // the other way for that
  if (thread == nullptr || thread->free_cells == nullptr || block == nullptr || state.id == 0)
      [[unlikely]] {
    return set_boxed(variable, value, token);
  }
  ValueBox* box = take_cell(*thread);
  put_words(*box, variable, value);
  put_in(state, *block, slot, variable, box, token);
}

void reset_value(const VariableBase& variable, TokenState& token) {
  ContextState& state = current_state_inline();
  if (const Mismatch mismatch = check(variable, token, state); mismatch != Mismatch::none)
      [[unlikely]] {
    throw_mismatch(mismatch, variable.name());
  }
  const std::uint32_t slot = variable.slot();
  ContextBlock& block = writable_block(state, slot);
  ValueBox* old = is_derived(token) ? nullptr : token.old_value;
  if (old != nullptr) retain_box(*old);  // old_value() can still be asked
  put_back(block, slot, token, old);
}

void reset_words(const VariableBase& variable, TokenState& token) {
  ContextState& state = current_state_inline();
  const std::uint32_t slot = variable.tagged_slot();
  ContextBlock* block = own_block(state, slot);
  ValueBox* old = token.old_value;
  if (block == nullptr || token.flags != 0 || check(variable, token, state) != Mismatch::none)
      [[unlikely]] {
    return reset_value(variable, token);
  }
  token.old_value = nullptr;  // goes back where it was; the token keeps what old_value() tells
  if (old != nullptr) {
    std::memcpy(&token.words, old->payload(), sizeof token.words);
    token.flags = TokenState::kHasWords;
  }
  put_back(*block, slot, token, old);
}

void reset_scope(TokenState& token) noexcept {
  ContextState& state = current_state_inline();
  const std::uint32_t slot = token.variable->slot();
  if (check(*token.variable, token, state) == Mismatch::none) [[likely]] {
    try {
      ContextBlock& block = writable_block(state, slot);
      ValueBox* old = is_derived(token) ? nullptr : std::exchange(token.old_value, nullptr);
      return put_back(block, slot, token, old);
    } catch (const std::bad_alloc&) {
      // The block is shared and cannot be copied: counted below.
    }
  }
  if (ThreadData* thread = thread_data()) thread->account.misused.add();
}

void TokenState::release_old_value() noexcept {
  ValueBox* old = std::exchange(old_value, nullptr);
  // After a reset here the context and this token are the only owners of the old value, and the
  // context's block is this thread's alone: no other thread can change the count meanwhile.
  const std::uint32_t slot = variable->slot();
  const ContextBlock* block = own_block(current_state_inline(), slot);
  const std::uint64_t word = old->word.load(std::memory_order_acquire);
  if (block != nullptr && block->slots()[slot - 1] == old && owners(word) == 2) {
    old->word.store(word - 1, std::memory_order_relaxed);
  } else {
    release_box(old);
  }
}

void throw_lookup_error(std::string_view name) { throw LookupError(name); }

}  // namespace weft::inline v0::detail
