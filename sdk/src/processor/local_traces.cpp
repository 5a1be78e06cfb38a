// SPDX-License-Identifier: Apache-2.0
#include "processor/local_traces.hpp"

#include <bit>
#include <new>
#include <utility>

#include "span/id_words.hpp"
#include "span/local_root.hpp"

namespace weft::inline v0::detail {

namespace {

std::uint16_t root_of(const Record& record) noexcept {
  return static_cast<std::uint16_t>(record.local_root & kLocalRootBits);
}

}  // namespace

LocalTraces::LocalTraces(std::size_t most) : most_(most), buckets_(std::bit_ceil(2 * most)) {}

// The right half of a trace id is random where anything of it is.
std::uint32_t& LocalTraces::bucket(std::uint64_t trace_low) noexcept {
  return buckets_[(trace_low ^ trace_low >> 32U) & (buckets_.size() - 1)];
}

LocalTraces::Found LocalTraces::find(const Record& record) noexcept {
  const std::uint64_t high = load_word(record.trace_id);
  const std::uint64_t low = load_word(record.trace_id + sizeof high);
  Found found;
  for (LocalTrace* one = at(bucket(low)); one != nullptr; one = at(one->in_bucket)) {
    if (one->trace_low != low || one->trace_high != high) continue;
    if (one->root == root_of(record)) found.trace = one;
    found.is_kept = found.is_kept || one->decision == LocalTrace::Decision::kept;
  }
  return found;
}

LocalTrace* LocalTraces::add(const Record& record) noexcept {
  LocalTrace* const trace = place();
  if (trace == nullptr) return nullptr;
  *trace = LocalTrace();
  trace->trace_high = load_word(record.trace_id);
  trace->trace_low = load_word(record.trace_id + sizeof trace->trace_high);
  trace->root = root_of(record);
  trace->in_bucket = std::exchange(bucket(trace->trace_low), number_of(*trace));
  append(waiting_, *trace);
  return trace;
}

// A free one, a new one, or else the oldest decided one's.
LocalTrace* LocalTraces::place() noexcept {
  if (free_ != 0) {
    LocalTrace* const free = at(free_);
    free_ = free->newer;
    return free;
  }
  if (traces_.size() < 2 * most_) {
    try {
      return &traces_.emplace_back();
    } catch (const std::bad_alloc&) {
      // One of those that there are.
    }
  }
  LocalTrace* const oldest = at(decided_.oldest);
  if (oldest == nullptr) return nullptr;
  forget(*oldest);
  free_ = oldest->newer;
  return oldest;
}

void LocalTraces::make_ready(LocalTrace& trace) noexcept {
  if (trace.is_ready) return;
  remove(waiting_, trace);
  append(ready_, trace);
  trace.is_ready = true;
}

void LocalTraces::decide(LocalTrace& trace, LocalTrace::Decision decision) noexcept {
  remove(trace.is_ready ? ready_ : waiting_, trace);
  append(decided_, trace);
  trace.decision = decision;
  if (decided_.size > most_) forget(*at(decided_.oldest));
}

void LocalTraces::forget(LocalTrace& trace) noexcept {
  remove(decided_, trace);
  const std::uint32_t number = number_of(trace);
  std::uint32_t* link = &bucket(trace.trace_low);
  while (*link != number) link = &at(*link)->in_bucket;
  *link = trace.in_bucket;
  trace.newer = std::exchange(free_, number);
}

void LocalTraces::append(List& list, LocalTrace& trace) noexcept {
  const std::uint32_t number = number_of(trace);
  trace.newer = 0;
  trace.older = std::exchange(list.newest, number);
  (trace.older != 0 ? at(trace.older)->newer : list.oldest) = number;
  ++list.size;
}

void LocalTraces::remove(List& list, LocalTrace& trace) noexcept {
  (trace.older != 0 ? at(trace.older)->newer : list.oldest) = trace.newer;
  (trace.newer != 0 ? at(trace.newer)->older : list.newest) = trace.older;
  --list.size;
}

}  // namespace weft::inline v0::detail
