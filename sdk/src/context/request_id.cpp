// SPDX-License-Identifier: Apache-2.0
#include <new>

#include <weft/context_var.hpp>
#include <weft/request_id.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

namespace weft::inline v0 {

constinit const ContextVar<RequestId> request_id{"request_id", RequestId(), detail::kRequestIdSlot};

namespace detail {

const RequestId* find_request_id(const ContextState& state) noexcept {
  if (const ValueBox* set = find_value(state, kRequestIdSlot)) {
    return static_cast<const RequestId*>(set->payload());
  }
  const SpanNode* node = top_span(state);
  // A remote span was opened elsewhere: its request has no id here until a span is started.
  if (node == nullptr || node->identity.record.epoch == 0 || !node->identity.context.is_valid()) {
    return nullptr;
  }
  char text[32];
  write_hex(node->identity.context.trace_id().bytes().data(), 16, text);
  ThreadData* thread = thread_data();
  if (thread == nullptr) return nullptr;
  static_assert(sizeof(RequestId) <= sizeof thread->derived_request_id);
  return ::new (thread->derived_request_id) RequestId(std::string_view(text, sizeof text));
}

const RequestId* find_request_id() noexcept {
  ContextState& state = current_state_inline();
  top_span(state);  // drops spans that were closed from elsewhere, and the ids set in them
  return find_request_id(static_cast<const ContextState&>(state));
}

}  // namespace detail

}  // namespace weft::inline v0
