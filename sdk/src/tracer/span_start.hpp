// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <weft/detail/task_scope.hpp>
#include <weft/span.hpp>
#include <weft/tracer.hpp>

#include "platform/thread_data.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

class TelemetryCore;

/// What a span is started with.
struct StartRequest {
  const Tracer& tracer;
  std::string_view name;
  const SpanOptions* options;         // may be null
  const AttributeSource* attributes;  // may be null
};

/// The parent of a span being started. Two words, so that it stays in registers.
struct Parent {
  const SpanContext* context = nullptr;  // null: the new span is a root
  // 0: not of this process, the new span is a local root. Without a context: what `decided` made.
  std::int64_t clock_offset = 0;

  /// No parent, but a decision that came without ids.
  static Parent decided(TraceFlags flags) noexcept { return {nullptr, kDecided | flags.bits()}; }
  bool is_decision() const noexcept { return context == nullptr && clock_offset != 0; }
  /// Precondition: is_decision().
  TraceFlags decision() const noexcept {
    return TraceFlags(static_cast<std::uint8_t>(clock_offset));
  }

 private:
  static constexpr std::int64_t kDecided = 0x100;
};

/// What seldom happens at a start: there is no core, or it asks code of the user's for ids or for a
/// decision, or the decision needs or changes the trace state. Does everything; `span` has no
/// identity yet.
void start_slowly(ThreadData& thread, const TelemetryCore* core, const StartRequest& request,
                  Parent parent, BasicSpan& span) noexcept;

/// Gives a span that was chosen, and has its ids, a record and everything that it is started with.
/// `sampler_attributes` may be null. Without a record when the pool is empty; counted.
void open_record(ThreadData& thread, const TelemetryCore& core, const StartRequest& request,
                 Parent parent, const Attributes* sampler_attributes, BasicSpan& span) noexcept;

/// Exceptions in flight that are the current task's own: not those during which a coroutine was
/// resumed or destroyed.
inline int exceptions_in_flight(const ThreadData& thread, const ContextState& state) noexcept {
  const int here = thread.uncaught_exceptions.count();
  return state.scope != nullptr ? here - state.scope->exceptions : here;
}

enum class EndedBy : bool { call, scope };

/// Ends a span at `unix_time` (0: now) and hands its record over. A late end is counted as misuse
/// when it was a call.
void end_span(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time, EndedBy by) noexcept;

/// What a scope left by an exception records: the event `exception` and, unless the user set one,
/// an Error status.
void record_escape(ThreadData& thread, BasicSpan& span, std::string_view what) noexcept;

/// Adds a tracer's scope to the pool's table, and keeps its index in `entry`.
std::uint16_t add_scope(ThreadData::ScopeEntry& entry, const TelemetryCore& core,
                        const Tracer& tracer) noexcept;

/// The entry of the thread's cache that is, or will be, the tracer's.
[[gnu::always_inline]] inline ThreadData::ScopeEntry& scope_entry(ThreadData& thread,
                                                                  const Tracer& tracer) noexcept {
  // A tracer's texts are constants, so their addresses tell tracers apart.
  const auto address = reinterpret_cast<std::uintptr_t>(tracer.name().data());
  return thread.scopes[(address >> 3U ^ address >> 9U) % ThreadData::kScopeEntries];
}
[[gnu::always_inline]] inline bool is_entry_of(const ThreadData::ScopeEntry& entry,
                                               const Tracer& tracer) noexcept {
  return entry.name == tracer.name().data() && entry.size == tracer.name().size() &&
         entry.version == tracer.version().data() &&
         entry.schema_url == tracer.schema_url().data() &&
         entry.attributes == tracer.encoded_attributes().data() &&
         entry.epoch == RecordPool::epoch();
}

/// Whether the configurator lets a tracer record; asked once a thread and scope. Precondition:
/// there is a configurator.
bool is_enabled(ThreadData& thread, const TelemetryCore& core, const Tracer& tracer) noexcept;

/// Adds a list or a user's range to a span, one after the other.
void write_attributes(BasicSpan& span, const AttributeSource& attributes) noexcept;

}  // namespace weft::inline v0::detail
