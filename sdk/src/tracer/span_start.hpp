// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/span.hpp>
#include <weft/tracer.hpp>

#include "platform/thread_data.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// What a span is started with.
struct StartRequest {
  const Tracer& tracer;
  std::string_view name;
  const SpanOptions* options;  // may be null
  const AttributeSource& attributes;
};

/// Chooses ids, asks the sampler, opens a record: `span` is a BasicSpan without identity yet.
/// With valid ids in any case, recording or not.
void start_span(ThreadData& thread, const StartRequest& request, BasicSpan& span) noexcept;

enum class EndedBy : bool { call, scope };

/// Ends a span at `unix_time` (0: now) and hands its record over. A late end is counted as misuse
/// when it was a call.
void end_span(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time, EndedBy by) noexcept;

/// What a scope left by an exception records: the event `exception` and, unless the user set one, an
/// Error status.
void record_escape(ThreadData& thread, BasicSpan& span, std::string_view what) noexcept;

/// The encoded scope's index in the pool's table.
std::uint16_t scope_index(ThreadData& thread, RecordPool& pool, const Tracer& tracer) noexcept;

/// Adds a list or a user's range to a span, one after the other.
void write_attributes(BasicSpan& span, const AttributeSource& attributes) noexcept;

}  // namespace weft::inline v0::detail
