// SPDX-License-Identifier: Apache-2.0
#include "tracer/overlay.hpp"

#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "context/context_access.hpp"
#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

namespace weft::inline v0::detail {

struct SpanOverlay {
  struct Saved {
    std::uint32_t slot;
    ValueBox* before;
  };
  std::uint64_t context_id = 0;
  std::vector<Saved> saved;

  ~SpanOverlay() {
    for (const Saved& one : saved) {
      if (one.before != nullptr) release_box(one.before);
    }
  }
};

namespace {

void set_one(ContextState& state, SpanOverlay& overlay, std::uint32_t slot, ValueBox* value) {
  ContextBlock& block = writable_block(state, slot);
  value->word.fetch_add(1, std::memory_order_relaxed);
  overlay.saved.push_back({slot, std::exchange(block.slots()[slot - 1], value)});
}

}  // namespace

SpanOverlay* lay_over(ThreadData& thread, ContextState& state, const Context& parent) noexcept {
  const ContextState& source = ContextAccess::state(parent);
  const ContextBlock* from = source.variables;
  if (from == nullptr) return nullptr;
  try {
    auto overlay = std::make_unique<SpanOverlay>();
    overlay->context_id = context_id(thread, state);
    overlay->saved.reserve(from->size);
    for (std::uint32_t slot = 1; slot <= from->size; ++slot) {
      if (ValueBox* value = find_fresh_box(source, slot)) set_one(state, *overlay, slot, value);
    }
    return overlay.release();
  } catch (const std::bad_alloc&) {
    thread.account.misused.add();
    return nullptr;
  }
}

void take_off(ThreadData* thread, SpanOverlay* overlay) noexcept {
  const std::unique_ptr<SpanOverlay> owned(overlay);
  ContextState& state = current_state_inline();
  if (state.id != owned->context_id) {
    if (thread != nullptr) thread->account.misused.add();
    return;
  }
  for (SpanOverlay::Saved& one : owned->saved) {
    replace_value(state, one.slot, std::exchange(one.before, nullptr));
  }
}

}  // namespace weft::inline v0::detail
