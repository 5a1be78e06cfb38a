// SPDX-License-Identifier: Apache-2.0
#include <weft/context_var.hpp>
#include <weft/request_id.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

namespace weft::inline v0 {

constinit const ContextVar<RequestId> request_id{"request_id", RequestId(),
                                                 detail::kRequestIdSlot};

namespace detail {

namespace {

// Where a derived id is spelled for those who want a pointer.
constinit thread_local RequestId derived_request_id;

}  // namespace

const RequestId* find_request_id(const ContextState& state) noexcept {
  if (const void* set = find_value(state, kRequestIdSlot)) {
    return static_cast<const RequestId*>(set);
  }
  const SpanNode* node = top_span(state);
  // A remote span was opened elsewhere: its request has no id here until a span is started.
  if (node == nullptr || node->identity.record.epoch == 0 ||
      !node->identity.context.is_valid()) {
    return nullptr;
  }
  char text[32];
  write_hex(node->identity.context.trace_id().bytes().data(), 16, text);
  derived_request_id = RequestId(std::string_view(text, sizeof text));
  return &derived_request_id;
}

const RequestId* find_request_id() noexcept {
  ContextState& state = current_state_inline();
  top_span(state);  // drops spans that were closed from elsewhere, and the ids set in them
  return find_request_id(static_cast<const ContextState&>(state));
}

}  // namespace detail

}  // namespace weft::inline v0
