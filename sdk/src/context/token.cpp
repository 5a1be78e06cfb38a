// SPDX-License-Identifier: Apache-2.0
#include <new>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/error.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

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

void restore(ContextState& state, std::uint32_t slot, TokenState& token) {
  ContextBlock& block = writable_block(state, slot);
  ValueBox* old = token.was_derived ? nullptr : token.old_value;
  if (old != nullptr) retain_box(*old);
  ValueBox* gone = std::exchange(block.slots()[slot - 1], old);
  token.used = true;
  if (gone != nullptr) release_box(gone);
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
  if (slot == kRequestIdSlot) [[unlikely]] top_span(state);
  ContextBlock& block = writable_block(state, slot);
  ValueBox*& place = block.slots()[slot - 1];
  if (slot == kRequestIdSlot) [[unlikely]] {
    if (place == nullptr) note_derived_request_id(state, token);
    save_request_id(state, place);
  }
  ValueBox* old = std::exchange(place, owned.take());
  if (!token.was_derived) token.old_value = old;
  token.used = false;
}

void reset_value(const VariableBase& variable, TokenState& token) {
  ContextState& state = current_state_inline();
  switch (check(variable, token, state)) {
    case Mismatch::none:
      return restore(state, variable.slot(), token);
    case Mismatch::used:
      throw TokenUsedError(variable.name());
    case Mismatch::variable:
      throw TokenVarError(variable.name());
    case Mismatch::context:
      throw TokenContextError(variable.name());
  }
}

void reset_scope(TokenState& token) noexcept {
  ContextState& state = current_state_inline();
  if (check(*token.variable, token, state) == Mismatch::none) {
    try {
      return restore(state, token.variable->slot(), token);
    } catch (const std::bad_alloc&) {
      // The block is shared and cannot be copied: counted below.
    }
  }
  if (ThreadData* thread = thread_data()) thread->account.misused.add();
}

void throw_lookup_error(std::string_view name) { throw LookupError(name); }

}  // namespace weft::inline v0::detail
