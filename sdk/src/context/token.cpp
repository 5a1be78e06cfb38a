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
  token.was_derived = true;
}

enum class Mismatch { none, used, variable, context };

Mismatch check(const VariableBase& variable, const TokenState& token,
               const ContextState& state) noexcept {
  if (token.used) return Mismatch::used;
  if (token.variable != &variable) return Mismatch::variable;
  if (token.context_id != state.id) return Mismatch::context;
  return Mismatch::none;
}

// `old`, owned, in the place of what is there.
void put_back(ContextState& state, std::uint32_t slot, TokenState& token, ValueBox* old) noexcept {
  ValueBox* gone = std::exchange(state.variables->slots()[slot - 1], old);
  token.used = true;
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
  std::memcpy(static_cast<void*>(&box + 1), &value, sizeof value);
}

[[gnu::noinline]] void set_boxed(const VariableBase& variable, Words value, TokenState& token) {
  ValueBox* box = allocate_box(sizeof value, alignof(Words));
  put_words(*box, variable, value);
  set_value(variable, box, token);
}

}  // namespace

void set_value(const VariableBase& variable, ValueBox* fresh, TokenState& token) {
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
  if (variable.is_recyclable()) fresh->updated_at = recycles_so_far();
  ValueBox* old = std::exchange(place, owned.take());
  token.used = false;
  if (old != nullptr && old->updated_at < state.recycle) [[unlikely]]
    return release_box(old);
  if (!token.was_derived) token.old_value = old;
}

void set_value(const VariableBase& variable, Words value, TokenState& token) {
  ThreadData* thread = this_thread_data;
  ContextState& state = current_state_inline();
  const std::uint32_t slot = variable.slot();
  ContextBlock* block = own_block(state, slot);
  if (thread == nullptr || thread->free_cells == nullptr || block == nullptr || state.id == 0 ||
      slot <= kRequestIdSlot || variable.is_recyclable()) [[unlikely]] {
    return set_boxed(variable, value, token);
  }
  ValueBox* box = take_cell(*thread);
  put_words(*box, variable, value);
  token.variable = &variable;
  token.context_id = state.id;
  token.old_value = std::exchange(block->slots()[slot - 1], box);
  token.used = false;
}

void reset_value(const VariableBase& variable, TokenState& token) {
  ContextState& state = current_state_inline();
  if (const Mismatch mismatch = check(variable, token, state); mismatch != Mismatch::none)
      [[unlikely]] {
    throw_mismatch(mismatch, variable.name());
  }
  const std::uint32_t slot = variable.slot();
  writable_block(state, slot);
  ValueBox* old = token.was_derived ? nullptr : token.old_value;
  if (old != nullptr) retain_box(*old);  // old_value() can still be asked
  put_back(state, slot, token, old);
}

void reset_scope(TokenState& token) noexcept {
  ContextState& state = current_state_inline();
  const std::uint32_t slot = token.variable->slot();
  if (check(*token.variable, token, state) == Mismatch::none) [[likely]] {
    try {
      writable_block(state, slot);
      ValueBox* old = token.was_derived ? nullptr : std::exchange(token.old_value, nullptr);
      return put_back(state, slot, token, old);
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
  const ContextState& state = current_state_inline();
  const std::uint32_t slot = variable->slot();
  if (old->references.load(std::memory_order_acquire) == 2 && state.id == context_id &&
      own_block(state, slot) != nullptr && find_box(state, slot) == old) {
    old->references.store(1, std::memory_order_relaxed);
  } else {
    release_box(old);
  }
}

void throw_lookup_error(std::string_view name) { throw LookupError(name); }

}  // namespace weft::inline v0::detail
