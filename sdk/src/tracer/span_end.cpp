// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "platform/user_exception.hpp"
#include "processor/filter_processor.hpp"
#include "processor/pipeline.hpp"
#include "processor/simple_exports.hpp"
#include "span/span_access.hpp"
#include "span/touch.hpp"
#include "tracer/core.hpp"
#include "tracer/overlay.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0 {

namespace detail {

namespace {

void notify_ending(const TelemetryCore& core, BasicSpan& span) noexcept {
  alignas(Span) unsigned char memory[sizeof(Span)];
  Span& proxy = *SpanAccess::make_proxy(memory, SpanAccess::identity(span));
  for (const ProcessorPtr& processor : core.processors()) {
    try {
      processor->on_ending(proxy);
    } catch (...) {
      count_user_exception("SpanProcessor::on_ending threw");
    }
  }
  SpanAccess::identity(proxy) = SpanIdentity();  // its destructor is not run
}

// False when a filter lets go of it: those after the filter do not see it.
bool notify_end(const TelemetryCore& core, const Record& record) noexcept {
  const std::vector<ProcessorPtr>& processors = core.processors();
  for (std::size_t i = 0; i < processors.size(); ++i) {
    if (const FilterProcessor* filter = core.filter(i)) {
      if (!filter->keeps(SpanAccess::view(record))) return false;
      continue;
    }
    try {
      processors[i]->on_end(SpanAccess::view(record));
    } catch (...) {
      count_user_exception("SpanProcessor::on_end threw");
    }
  }
  return true;
}

// From open to ended, inside a touch.
[[gnu::always_inline]] inline void close(Record& record, const SpanIdentity& identity,
                                         std::uint64_t unix_time) noexcept {
  if (unix_time == 0) {
    unix_time = static_cast<std::uint64_t>(steady_now() + identity.clock_offset);
  }
  record.end_time = std::max(unix_time, record.start_time);
  record.valid = 0;
  // Release: everything that was recorded is there for whoever sees the span ended.
  record.state.store(state_word(identity.record.generation, RecordState::ended),
                     std::memory_order_release);
}

// Another thread's span, one that another thread has touched, one that is gone.
[[gnu::noinline]] bool close_slowly(ThreadData& thread, const SpanIdentity& identity,
                                    std::uint64_t unix_time) noexcept {
  const Touch touch(identity.record, thread);
  if (touch) close(touch.record(), identity, unix_time);
  return static_cast<bool>(touch);
}

// False when it is no longer ours to end. Whoever succeeds hands it over.
[[gnu::always_inline]] inline bool close_record(ThreadData& thread, const SpanIdentity& identity,
                                                std::uint64_t unix_time) noexcept {
  {
    const OwnerTouch owned(identity.record, thread);
    if (owned) [[likely]] {
      close(*identity.record.record, identity, unix_time);
      return true;
    }
  }
  return close_slowly(thread, identity, unix_time);
}

[[gnu::noinline]] void throw_away(TelemetryCore& core, ThreadData& thread,
                                  Record& record) noexcept {
  thread.account.not_kept.add();
  Record* const one[] = {&record};
  core.pool().release(one);
}

// OpenTelemetry Tracing SDK, "Span Limits": one message a span at most.
[[gnu::cold, gnu::noinline]] void tell_incomplete(const Record& record) noexcept {
  error_reporter().report(ErrorCode::limit_reached, [&] {
    std::string what = "limits (Options::limits, max_queue_bytes) cut the span \"";
    what.append(SpanAccess::view(record).name()).append("\": ");
    what += std::to_string(record.dropped_attributes) + " attributes, " +
            std::to_string(record.dropped_events) + " events, " +
            std::to_string(record.dropped_links) +
            " links were dropped, besides those of events and links";
    return what;
  });
}

[[gnu::always_inline]] inline void let_go(TelemetryCore& core, ThreadData& thread,
                                          Record& record) noexcept {
  const std::uint8_t flags = record.flags.load(std::memory_order_relaxed);
  if ((flags & (kRecordOnly | kIncomplete)) != 0) [[unlikely]] {
    if ((flags & kIncomplete) != 0) tell_incomplete(record);
    if ((flags & kRecordOnly) != 0) return throw_away(core, thread, record);
  }
  core.pipeline().hand_over(thread, record);
}

// False when it goes on to the exporters, or was exported.
bool give_up(TelemetryCore& core, ThreadData& thread, Record& record, SimpleExport made) noexcept {
  Pipeline& pipeline = core.pipeline();
  if (pipeline.has_exporters()) return false;
  if (made == SimpleExport::none || made == SimpleExport::exported) return false;
  if ((record.flags.load(std::memory_order_relaxed) & kIncomplete) != 0) tell_incomplete(record);
  pipeline.give_up(thread, record,
                   made == SimpleExport::failed ? GiveUp::retry_exhausted : GiveUp::shutdown);
  return true;
}

// Where processors see the end. False: it is not this span's end any more.
[[gnu::noinline]] bool end_before_processors(TelemetryCore& core, ThreadData& thread,
                                             BasicSpan& span, std::uint64_t unix_time) noexcept {
  const SpanIdentity& identity = SpanAccess::identity(span);
  notify_ending(core, span);
  if (!close_record(thread, identity, unix_time)) return false;
  Record& record = *identity.record.record;
  const SimpleExports exports(thread);
  if (!notify_end(core, record)) {
    throw_away(core, thread, record);
  } else if (!give_up(core, thread, record, exports.best())) {
    let_go(core, thread, record);
  }
  return true;
}

// False when there was nothing to end any more.
[[gnu::always_inline]] inline bool end_recorded(ThreadData& thread, BasicSpan& span,
                                                std::uint64_t unix_time) noexcept {
  const SpanIdentity& identity = SpanAccess::identity(span);
  const ReadSection section(thread);
  TelemetryCore* core = section.core();
  if (core == nullptr) [[unlikely]]
    return false;
  if (core->has_processors()) [[unlikely]]
    return end_before_processors(*core, thread, span, unix_time);
  if (!close_record(thread, identity, unix_time)) [[unlikely]]
    return false;
  let_go(*core, thread, *identity.record.record);
  return true;
}

void pop_slowly(ThreadData* thread, SpanNode* node, std::uint64_t word) noexcept {
  if (node == nullptr) return;
  if (!pop_span(thread, *node, word) && thread != nullptr) thread->account.misused.add();
}

// An exception leaves the scope of a span only in the context that it was opened in: whoever
// destroys its coroutine elsewhere may well be unwinding for a reason of their own.
bool is_at_home(const SpanNode* node, std::uint64_t word, const ContextState& state) noexcept {
  return node == nullptr || (node->word.load(std::memory_order_relaxed) == word &&
                             node->context_id.load(std::memory_order_relaxed) == state.id);
}

constexpr std::string_view kEscaped = "an exception left the scope of the span";

// What leaves a scope is an exception, not the span's own doing.
[[gnu::cold, gnu::noinline]] void note_escape(ThreadData& thread, const ContextState& state,
                                              Span& span) noexcept {
  if (is_at_home(SpanAccess::node(span), SpanAccess::node_word(span), state)) {
    record_escape(thread, span, kEscaped);
  }
}

// The general end of a scope. Apart from ~Span, which needs few registers for a span that does not
// record.
[[gnu::noinline]] void leave_scope(Span& span) noexcept {
  ThreadData* thread = thread_data();
  SpanNode* node = SpanAccess::node(span);
  const bool is_open = thread != nullptr && SpanAccess::identity(span).record.record != nullptr &&
                       !SpanAccess::ended(span);
  ContextState& state = current_state_inline();
  if (is_open && exceptions_in_flight(*thread, state) > SpanAccess::exceptions_at_start(span))
      [[unlikely]] {
    note_escape(*thread, state, span);
  }
  if (thread == nullptr || node == nullptr ||
      !pop_top_span(*thread, state, *node, SpanAccess::node_word(span))) [[unlikely]] {
    pop_slowly(thread, node, SpanAccess::node_word(span));
  }
  if (SpanOverlay* overlay = SpanAccess::overlay(span)) [[unlikely]]
    take_off(thread, overlay);
  if (is_open) (void)end_recorded(*thread, span, 0);
}

// True for a span without a record that is on top here.
[[gnu::always_inline]] inline bool leave_quickly(const Span& span) noexcept {
  ThreadData* const thread = this_thread_data;
  SpanNode* const node = SpanAccess::node(span);
  return SpanAccess::identity(span).record.record == nullptr && thread != nullptr &&
         node != nullptr && SpanAccess::overlay(span) == nullptr &&
         pop_top_span(*thread, current_state_inline(), *node, SpanAccess::node_word(span));
}

}  // namespace

void end_span(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time, EndedBy by) noexcept {
  if (SpanAccess::identity(span).record.record == nullptr) return;
  if (!end_recorded(thread, span, unix_time) && by == EndedBy::call) thread.account.misused.add();
}

}  // namespace detail

Span::~Span() {
  if (!detail::leave_quickly(*this)) detail::leave_scope(*this);
}

}  // namespace weft::inline v0
