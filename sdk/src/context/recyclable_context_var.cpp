// SPDX-License-Identifier: Apache-2.0
#include <weft/recyclable_context_var.hpp>

#include <atomic>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/recycles.hpp"

namespace weft::inline v0 {

namespace detail {

namespace {

// One count for all threads, so that values which came from another thread have an age here too.
// It begins at 1: what was never set is older than everything.
constinit std::atomic<std::uint64_t> recycle_count{1};

}  // namespace

// Relaxed: who holds a context got it with its own synchronisation, and then sees the recycles that
// came before it.
std::uint64_t recycles_so_far() noexcept { return recycle_count.load(std::memory_order_relaxed); }

std::uint64_t last_update(std::uint32_t slot) noexcept {
  const ValueBox* box = find_box(current_state_inline(), slot);
  return box != nullptr ? box->updated_at : 0;
}

}  // namespace detail

void RecyclableContextVar<>::increment_thread_recycles() noexcept {
  const std::uint64_t count = detail::recycle_count.fetch_add(1, std::memory_order_relaxed) + 1;
  detail::CurrentContext& current = detail::current_context;
  current.base.recycle = count;
  if (current.entered != nullptr) current.entered->recycle = count;
}

std::uint64_t RecyclableContextVar<>::thread_recycles() noexcept {
  return detail::current_state_inline().recycle;
}

}  // namespace weft::inline v0
