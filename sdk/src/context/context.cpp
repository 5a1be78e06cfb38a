// SPDX-License-Identifier: Apache-2.0
#include <weft/context.hpp>

#include <memory>
#include <utility>

#include <weft/error.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

namespace weft::inline v0 {

using detail::ContextState;
using detail::SpanNode;

Context copy_context() noexcept {
  ContextState& state = detail::current_state_inline();
  detail::top_span(state);  // drops spans that were closed from elsewhere, and the ids set in them
  return Context(state);
}

Context::Context(Context&& other) noexcept {
  if (other.entered_.load(std::memory_order_relaxed)) {
    copy_from(other.state_);
  } else {
    steal_from(other);
  }
}

Context& Context::operator=(const Context& other) {
  check_not_entered();
  if (this != &other) replace_with(Context(other));
  return *this;
}

Context& Context::operator=(Context&& other) {
  check_not_entered();
  if (this != &other) replace_with(Context(std::move(other)));
  return *this;
}

void Context::replace_with(Context&& fresh) noexcept {
  // Destroyed last: what was here may hold the other context, or look at this one as it goes.
  const Context before(std::move(*this));
  steal_from(fresh);
}

SpanNode& Context::inherit(const detail::SpanIdentity& identity) noexcept {
  if (has_inherited_) {
    inherited().identity = identity;
    return inherited();
  }
  has_inherited_ = true;
  SpanNode& node = detail::make_empty_node(inherited_);
  ::new (&node.identity) detail::SpanIdentity(identity);  // an empty one holds nothing
  return node;
}

void Context::copy_from(const ContextState& source) noexcept {
  state_.variables = source.variables;
  state_.recycle = source.recycle;
  detail::retain_block(state_.variables);
  // By value: the span of a snapshot stays its parent after the span has ended.
  if (const SpanNode* node = detail::top_span(source)) state_.span = &inherit(node->identity);
}

void Context::steal_from(Context& other) noexcept {
  state_ = std::exchange(other.state_, ContextState());
  if (!other.has_inherited_) return;
  SpanNode& mine = inherit(other.inherited().identity);
  other.inherited().identity = detail::SpanIdentity();
  // The bottom of the stack is the other's inherited node, if it is in use.
  for (SpanNode** link = &state_.span; *link != nullptr; link = &(*link)->below) {
    if (*link == &other.inherited()) {
      *link = &mine;
      break;
    }
  }
}

void Context::clear() noexcept {
  // A context that came from headers holds nothing but its inherited node.
  const bool only_inherits =
      state_.variables == nullptr && has_inherited_ && state_.span == &inherited();
  if (!only_inherits) detail::clear_state(state_);
  // Nothing points at the inherited node any more; all that it owns is a trace state.
  if (has_inherited_) std::destroy_at(&inherited());
  has_inherited_ = false;
  state_.span = nullptr;
}

void Context::check_not_entered() const {
  if (entered_.load(std::memory_order_relaxed)) throw ContextEnteredError();
}

Context::Entry::Entry(Context& context) : context_(context) {
  if (context.entered_.exchange(true, std::memory_order_acquire)) throw ContextEnteredError();
  before_ = detail::exchange_state(&context.state_);
}

Context::Entry::~Entry() {
  detail::exchange_state(before_);
  context_.entered_.store(false, std::memory_order_release);
}

std::size_t Context::size() const noexcept {
  std::size_t count = 0;
  for (auto it = begin(); it != end(); ++it) ++count;
  return count;
}

ContextIterator::ContextIterator(const ContextState& state, std::uint32_t slot) noexcept
    : state_(&state), slot_(slot) {
  if (slot_ != 0) skip_unset();
}

// Slots count from 1; 0 is the end.
void ContextIterator::skip_unset() noexcept {
  const std::uint32_t size = state_->variables != nullptr ? state_->variables->size : 0;
  for (; slot_ <= size || slot_ == detail::kRequestIdSlot; ++slot_) {
    if (detail::find_fresh_box(*state_, slot_) != nullptr) return;
    if (slot_ != detail::kRequestIdSlot) continue;
    if (detail::find_request_id(*state_) != nullptr) return;
  }
  slot_ = 0;
}

ContextItem ContextIterator::operator*() const noexcept {
  ContextItem item;
  if (const detail::ValueBox* box = detail::find_fresh_box(*state_, slot_)) {
    item.variable_ = box->variable;
    item.value_ = box->payload();
  } else {
    item.variable_ = &request_id;
    if (const RequestId* derived = detail::find_request_id(*state_)) item.derived_ = *derived;
  }
  return item;
}

ContextIterator& ContextIterator::operator++() noexcept {
  ++slot_;
  skip_unset();
  return *this;
}

}  // namespace weft::inline v0
