// SPDX-License-Identifier: Apache-2.0
#include "processor/tail_stage.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <weft/span_context.hpp>
#include <weft/span_options.hpp>

#include "platform/clock.hpp"
#include "span/local_root.hpp"
#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"
#include "span/span_access.hpp"

namespace weft::inline v0::detail {

using Decision = LocalTrace::Decision;

namespace {

bool has_failed(const Record& record) noexcept {
  return record.status_code == static_cast<std::uint8_t>(StatusCode::error);
}

bool is_local_root(const Record& record) noexcept {
  return (record.local_root & kIsLocalRoot) != 0;
}

// What it takes of the pool.
std::size_t bytes_of(const Record& record) noexcept {
  const std::size_t body = record.body_size.load(std::memory_order_relaxed);
  if (body <= kInlineBody) return kRecordSize;
  return kRecordSize + (body - kInlineBody + kChunkPayload - 1) / kChunkPayload * kChunkSize;
}

std::uint64_t unix_now() noexcept {
  const ClockReading now = read_clock();
  return static_cast<std::uint64_t>(now.steady + now.unix_offset);
}

bool is_longer(std::uint64_t begin, std::uint64_t end, std::chrono::nanoseconds time) noexcept {
  return end >= begin && end - begin >= static_cast<std::uint64_t>(time.count());
}

}  // namespace

TailStage::TailStage(const TailPolicy& policy, std::size_t max_records, RecordPool& pool)
    : policy_(policy), max_records_(max_records), pool_(pool), traces_(policy.max_traces) {}

// By the trace, so that services that keep the same ratio keep the same traces.
bool TailStage::is_picked(const Record& record) const noexcept {
  if ((record.trace_flags & TraceFlags::kDebug) != 0 || policy_.threshold == 0) return true;
  if (policy_.threshold >= kRejectAll) return false;
  const SpanContext context = SpanAccess::view(record).context();
  return read_ot_entry(context.trace_state())
             .randomness.value_or(randomness_of(context.trace_id())) >= policy_.threshold;
}

bool TailStage::is_slow(const Record& record) const noexcept {
  return is_longer(record.start_time, record.end_time, policy_.slow_after);
}

void TailStage::take(Record& record, std::int64_t now) noexcept {
  const LocalTraces::Found found = traces_.find(record);
  LocalTrace* trace = found.trace;
  if (trace != nullptr && trace->decision != Decision::none) {
    return follow(*trace, record, found.is_kept);
  }
  if (found.is_kept && trace == nullptr && !is_local_root(record)) return pass(record, true);
  if (trace == nullptr) {
    if (traces_.is_full()) decide_oldest();
    trace = traces_.add(record);
    if (trace == nullptr) return pass(record, true);  // no memory: as for a process that was killed
    trace->begin = record.start_time;
    trace->give_up_at = now + policy_.max_wait.count();
  }
  trace->is_picked |= found.is_kept;
  hold(*trace, record);
}

// Late. A local root that was given up may still turn out to be worth it.
void TailStage::follow(LocalTrace& trace, Record& record, bool is_kept) noexcept {
  if (!is_kept && is_local_root(record) && (is_slow(record) || has_failed(record))) {
    trace.decision = Decision::kept;
    is_kept = true;
  }
  pass(record, is_kept);
}

void TailStage::hold(LocalTrace& trace, Record& record) noexcept {
  trace.has_failed |= has_failed(record);
  trace.begin = std::min(trace.begin, record.start_time);
  if (is_local_root(record)) {
    trace.is_slow |= is_slow(record);
    trace.is_picked = trace.is_picked || is_picked(record);
    traces_.make_ready(trace);
  }
  const std::size_t bytes = bytes_of(record);
  trace.held.push(pool_, record);
  trace.bytes += bytes;
  bytes_ += bytes;
  ++held_;
  while (is_too_much()) decide_oldest();
}

void TailStage::pass(Record& record, bool is_kept) noexcept {
  (is_kept ? kept_ : let_go_).push(pool_, record);
}

// As it is: one whose local root has not ended is as old as it is now.
void TailStage::decide(LocalTrace& trace) noexcept {
  if (!trace.is_ready) {
    trace.is_slow = is_longer(trace.begin, unix_now(), policy_.slow_after);
    trace.is_picked = trace.is_picked || is_picked(trace.held.front(pool_));
  }
  const bool is_kept = trace.has_failed || trace.is_slow || trace.is_picked;
  held_ -= trace.held.size();
  bytes_ -= std::exchange(trace.bytes, 0U);
  (is_kept ? kept_ : let_go_).append(pool_, trace.held);
  traces_.decide(trace, is_kept ? Decision::kept : Decision::let_go);
}

// Those whose root has ended first: nothing is missed by it but what comes late.
void TailStage::decide_oldest() noexcept {
  LocalTrace* const ready = traces_.oldest_ready();
  if (ready != nullptr && marked_ != 0) --marked_;
  decide(ready != nullptr ? *ready : *traces_.oldest_waiting());
}

bool TailStage::mark_ready() noexcept {
  marked_ = traces_.ready_count();
  return marked_ != 0;
}

void TailStage::decide_marked(std::int64_t now) noexcept {
  for (; marked_ != 0; --marked_) decide(*traces_.oldest_ready());
  for (LocalTrace* oldest = traces_.oldest_waiting();
       oldest != nullptr && oldest->give_up_at <= now; oldest = traces_.oldest_waiting()) {
    decide(*oldest);
  }
}

void TailStage::decide_all() noexcept {
  mark_ready();
  decide_marked(std::numeric_limits<std::int64_t>::max());
}

std::int64_t TailStage::next_give_up() noexcept {
  const LocalTrace* oldest = traces_.oldest_waiting();
  return oldest != nullptr ? oldest->give_up_at : std::numeric_limits<std::int64_t>::max();
}

}  // namespace weft::inline v0::detail
