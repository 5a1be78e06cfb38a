// SPDX-License-Identifier: Apache-2.0
#include "context/current_context.hpp"

#include <utility>

#include <weft/context_var.hpp>

#include "context/context_block.hpp"
#include "context/profiler_view.hpp"
#include "platform/thread_data.hpp"

// The model again, and below: gcc takes it from the definition in this file.
constinit thread_local const void* volatile otel_thread_ctx_v1
    __attribute__((tls_model("initial-exec"))) = nullptr;

namespace weft::inline v0::detail {

constinit thread_local CurrentContext current_context __attribute__((tls_model("initial-exec")));

constinit std::atomic<bool> profiler_view_is_on{true};
constinit std::atomic<bool> profiler_view_is_on_outside{true};

static_assert(sizeof(CurrentContext) + sizeof(const void*) + sizeof(ThreadData*) <= 64,
              "a module that is loaded late has little static thread-local space");

ContextState& current_state() noexcept { return current_state_inline(); }

ContextState* exchange_state(ContextState* next) noexcept { return exchange_state_inline(next); }

namespace {

inline const ValueBox* find(const ContextState& state, std::uint32_t tagged_slot) noexcept {
  if (const ContextBlock* block = find_block(state, tagged_slot)) [[likely]]
    return block->slots()[tagged_slot - 1];
  if ((tagged_slot & VariableBase::kRecyclable) == 0) return nullptr;
  return find_fresh_box(state, tagged_slot & ~VariableBase::kRecyclable);
}

}  // namespace

const ValueBox* find_value(const ContextState& state, std::uint32_t tagged_slot) noexcept {
  return find(state, tagged_slot);
}

const ValueBox* find_value(std::uint32_t tagged_slot) noexcept {
  return find(current_state_inline(), tagged_slot);
}

std::uint32_t VariableBase::assigned_slot() const noexcept {
  // Slot 1 is the request id's.
  static constinit std::atomic<std::uint32_t> last_slot{kRequestIdSlot};
  const std::uint32_t known = slot();
  if (known != 0) [[likely]]
    return known;
  const std::uint32_t fresh = last_slot.fetch_add(1, std::memory_order_relaxed) + 1;
  std::uint32_t none = 0;
  // Two threads may come first: the loser's number stays unused.
  slot_.compare_exchange_strong(none, is_recyclable_ ? fresh | kRecyclable : fresh,
                                std::memory_order_relaxed);
  return slot();
}

namespace {

void leave_thread(ThreadData& thread) noexcept {
  ContextState& base = current_context.base;
  // A value's destructor may set another: a few times round, as for pthread keys.
  for (int i = 0; i < 4 && (base.variables != nullptr || base.span != nullptr); ++i) {
    clear_state(base);
  }
  publish_span(nullptr);
  orphan_nodes(thread);
  orphan_cells(thread);
}

}  // namespace

void register_context_exit() noexcept {
  static constinit std::atomic<bool> registered{false};
  if (registered.load(std::memory_order_acquire)) [[likely]]
    return;
  on_thread_exit(leave_thread);
  registered.store(true, std::memory_order_release);
}

}  // namespace weft::inline v0::detail
