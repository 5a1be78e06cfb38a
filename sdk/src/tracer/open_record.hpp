// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include <weft/span_options.hpp>
#include <weft/tracer.hpp>

#include "platform/clock.hpp"
#include "platform/thread_data.hpp"
#include "span/local_root.hpp"
#include "span/record_head.hpp"
#include "span/record_pool.hpp"
#include "tracer/core.hpp"
#include "tracer/new_ids.hpp"
#include "tracer/span_start.hpp"

// A record for a span that was chosen: what every one of them needs, inline.

namespace weft::inline v0::detail {

/// What a record is opened with, beside ids and parent.
struct FirstFacts {
  const Tracer& tracer;
  std::string_view name;
  SpanKind kind = SpanKind::internal;
  std::uint64_t start_time = 0;  // 0: now
};

/// The one reading of the clock. A local root takes the wall clock's offset by it, for its whole
/// tree. Unix nanoseconds.
[[gnu::always_inline]] inline std::uint64_t start_time(Parent parent,
                                                       std::int64_t& offset) noexcept {
  if (parent.clock_offset != 0) {
    offset = parent.clock_offset;
    return static_cast<std::uint64_t>(steady_now() + offset);
  }
  const ClockReading reading = read_clock();
  offset = reading.unix_offset;
  return static_cast<std::uint64_t>(reading.steady + offset);
}

/// Which index the pool's table has for the tracer's scope.
[[gnu::always_inline]] inline std::uint16_t scope_index(ThreadData& thread,
                                                        const TelemetryCore& core,
                                                        const Tracer& tracer) noexcept {
  ThreadData::ScopeEntry& entry = scope_entry(thread, tracer);
  if (is_entry_of(entry, tracer)) [[likely]]
    return entry.index;
  return add_scope(entry, core, tracer);
}

/// What an identity gets with its record.
struct OpenedHead {
  RecordRef ref;
  std::int64_t clock_offset = 0;
};

/// Leases a record and fills its head and name from a span's ids; `context` is where they lie
/// already, or null when there is no trace state. No record when the pool has none left; counted.
[[gnu::always_inline]] inline OpenedHead open_head(ThreadData& thread, const TelemetryCore& core,
                                                   const FirstFacts& facts, Parent parent,
                                                   const IdWords& ids,
                                                   const SpanContext* context) noexcept {
  RecordPool& pool = core.pool();
  thread.account.started.add();
  Record* record = pool.acquire(thread);
  if (record == nullptr) [[unlikely]] {
    thread.account.queue_full.add();
    return {{nullptr, 0, RecordPool::epoch()}};
  }
  const bool is_root = parent.context == nullptr;
  std::int64_t offset = 0;
  std::uint64_t now = start_time(parent, offset);
  const bool keeps_by_tail = core.keeps_by_tail();
  if (keeps_by_tail && parent.clock_offset == 0) [[unlikely]] {
    const std::int64_t steady = static_cast<std::int64_t>(now) - offset;
    offset = local_root_offset(offset, SpanId(std::bit_cast<SpanId::Bytes>(ids.span)));
    now = static_cast<std::uint64_t>(steady + offset);
  }
  const RecordStart start{
      .context = context,
      .parent_id = is_root ? SpanId() : parent.context->span_id(),
      .parent_is_remote = !is_root && parent.context->is_remote(),
      .kind = facts.kind,
      .start_time = facts.start_time != 0 ? facts.start_time : now,
      .scope = scope_index(thread, core, facts.tracer),
      .resource = core.resource(),
      .record_only = (ids.rest & NewIds::kSampled) == 0,
  };
  const RecordRef ref = start_record(pool, *record, thread, start, ids, facts.name);
  if (keeps_by_tail) [[unlikely]]
    record->local_root = local_root_mark(offset, parent.clock_offset == 0);
  return {ref, offset};
}

}  // namespace weft::inline v0::detail
