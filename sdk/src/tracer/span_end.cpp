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
[[gnu::cold]] void tell_incomplete(const Record& record) noexcept {
  try {
    std::string what = "limits (Options::limits, max_queue_bytes) cut the span \"";
    what.append(SpanAccess::view(record).name()).append("\": ");
    what += std::to_string(record.dropped_attributes) + " attributes, " +
            std::to_string(record.dropped_events) + " events, " +
            std::to_string(record.dropped_links) +
            " links were dropped, besides those of events and links";
    error_reporter().report(ErrorCode::limit_reached, std::move(what));
  } catch (const std::bad_alloc&) {
    // The span has the counts.
  }
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

// Apart from ~Span, which needs few registers for a span that does not record.
[[gnu::noinline]] void end_recorded(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time,
                                    EndedBy by) noexcept {
  const SpanIdentity& identity = SpanAccess::identity(span);
  const ReadSection section(thread);
  TelemetryCore* core = section.core();
  if (core != nullptr) [[likely]] {
    if (core->has_processors()) [[unlikely]]
      notify_ending(*core, span);
    if (close_record(thread, identity, unix_time)) [[likely]] {
      Record& record = *identity.record.record;
      if (core->has_processors() && !notify_end(*core, record)) [[unlikely]]
        return throw_away(*core, thread, record);
      return let_go(*core, thread, record);
    }
  }
  if (by == EndedBy::call) thread.account.misused.add();
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

}  // namespace

void end_span(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time, EndedBy by) noexcept {
  if (SpanAccess::identity(span).record.record == nullptr) return;
  end_recorded(thread, span, unix_time, by);
}

}  // namespace detail

Span::~Span() {
  detail::ThreadData* thread = detail::thread_data();
  const bool is_open = thread != nullptr && has_record() && !ended_;
  detail::ContextState& state = detail::current_state_inline();
  if (is_open && detail::exceptions_in_flight(*thread, state) > exceptions_at_start_ &&
      detail::is_at_home(node_, node_word_, state)) [[unlikely]] {
    detail::record_escape(*thread, *this, detail::kEscaped);
  }
  if (thread == nullptr || node_ == nullptr ||
      !detail::pop_top_span(*thread, state, *node_, node_word_)) [[unlikely]] {
    detail::pop_slowly(thread, node_, node_word_);
  }
  if (overlay_ != nullptr) [[unlikely]]
    detail::take_off(thread, overlay_);
  if (is_open) detail::end_recorded(*thread, *this, 0, detail::EndedBy::scope);
}

}  // namespace weft::inline v0
