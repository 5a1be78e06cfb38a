// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <weft/detail/context_state.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>

#include "codec/short_attribute.hpp"
#include "platform/thread_data.hpp"
#include "span/id_words.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

// How a record begins. Inline: every span that records comes through here, and what it is started
// with stays in registers.

namespace weft::inline v0::detail {

/// Everything a record's head is filled from.
struct RecordStart {
  const SpanContext* context;  // null: its ids are given beside, and it has no trace state
  SpanId parent_id;
  bool parent_is_remote;
  SpanKind kind;
  std::uint64_t start_time;  // Unix nanoseconds
  std::uint16_t scope;
  std::uint16_t resource;
  bool record_only;
};

/// A name that is not short ASCII, or a trace state beside it.
void put_start_slowly(RecordPool& pool, Record& record, std::string_view name,
                      const TraceState& trace_state) noexcept;

/// `trace_state` may be null.
[[gnu::always_inline]] inline void put_start(RecordPool& pool, Record& record,
                                             std::string_view name,
                                             const TraceState* trace_state) noexcept {
  if (trace_state == nullptr || trace_state->empty()) [[likely]] {
    if (const char* end = codec::write_short_text(record.body, codec::span_field::name, name))
        [[likely]] {
      record.body_size.store(static_cast<std::uint32_t>(end - record.body),
                             std::memory_order_release);
      return;
    }
  }
  put_start_slowly(pool, record, name, trace_state != nullptr ? *trace_state : TraceState());
}

/// Everything that a new span has none of: two runs of the head.
inline void clear_head(Record& record) noexcept {
  constexpr std::size_t kFirst = offsetof(Record, body_size);
  constexpr std::size_t kSecond = offsetof(Record, end_time);
  char* const head = reinterpret_cast<char*>(&record);
  std::memset(head + kFirst, 0, offsetof(Record, parent_span_id) - kFirst);
  std::memset(head + kSecond, 0, offsetof(Record, reserved3_) - kSecond);
}

/// Ids, flags and validity lie in a record as in a SpanContext: both begin with OTEP 4947's record.
inline void put_ids(Record& record, const IdWords& ids) noexcept {
  constexpr std::size_t kIds = offsetof(Record, valid);
  char* const to = reinterpret_cast<char*>(&record);
  std::memcpy(to, &ids.trace_high, sizeof ids.trace_high);
  std::memcpy(to + 8, &ids.trace_low, sizeof ids.trace_low);
  std::memcpy(to + 16, &ids.span, sizeof ids.span);
  std::memcpy(to + kIds, &ids.rest, offsetof(Record, state) - kIds);
}

/// Fills a leased record's head and name and opens it. Returns what handles need.
[[gnu::always_inline]] inline RecordRef start_record(RecordPool& pool, Record& record,
                                                     const ThreadData& thread,
                                                     const RecordStart& start, const IdWords& ids,
                                                     std::string_view name) noexcept {
  clear_head(record);
  put_ids(record, ids);
  std::memcpy(record.parent_span_id, start.parent_id.bytes().data(), sizeof record.parent_span_id);
  record.start_time = start.start_time;
  record.scope = start.scope;
  record.resource = start.resource;
  record.kind = static_cast<std::uint8_t>(start.kind);
  record.status_code = 0;
  record.flags.store(static_cast<std::uint8_t>((start.parent_is_remote ? kRemoteParent : 0) |
                                               (start.record_only ? kRecordOnly : 0)),
                     std::memory_order_relaxed);
  record.owner.store(thread.number, std::memory_order_relaxed);
  const std::uint32_t generation = generation_of(record.state.load(std::memory_order_relaxed));
  record.foreign.store(foreign_word(generation, Foreign::none), std::memory_order_relaxed);
  // Release: the head is whole before the record counts as open.
  record.state.store(state_word(generation, RecordState::open), std::memory_order_release);
  put_start(pool, record, name, start.context != nullptr ? &start.context->trace_state() : nullptr);
  return {&record, generation, RecordPool::epoch()};
}
[[gnu::always_inline]] inline RecordRef start_record(RecordPool& pool, Record& record,
                                                     const ThreadData& thread,
                                                     const RecordStart& start,
                                                     std::string_view name) noexcept {
  return start_record(pool, record, thread, start, IdWords::of(*start.context), name);
}

}  // namespace weft::inline v0::detail
