// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>

#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "processor/pipeline.hpp"
#include "span/span_access.hpp"
#include "span/touch.hpp"
#include "tracer/core.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0::detail {

namespace {

void notify_ending(const TelemetryCore& core, BasicSpan& span) noexcept {
  alignas(Span) unsigned char memory[sizeof(Span)];
  Span& proxy = *SpanAccess::make_proxy(memory, SpanAccess::identity(span));
  for (const ProcessorPtr& processor : core.processors()) {
    try {
      processor->on_ending(proxy);
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback, "SpanProcessor::on_ending threw");
    }
  }
  SpanAccess::identity(proxy) = SpanIdentity();  // its destructor is not run
}

void notify_end(const TelemetryCore& core, const Record& record) noexcept {
  for (const ProcessorPtr& processor : core.processors()) {
    try {
      processor->on_end(SpanAccess::view(record));
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback, "SpanProcessor::on_end threw");
    }
  }
}

// From open to ended; false when it is no longer ours to end. Whoever succeeds hands it over.
bool close_record(ThreadData& thread, const SpanIdentity& identity,
                  std::uint64_t unix_time) noexcept {
  const Touch touch(identity.record, thread);
  if (!touch) return false;
  Record& record = touch.record();
  if (unix_time == 0) {
    unix_time = static_cast<std::uint64_t>(steady_now() + identity.clock_offset);
  }
  record.end_time = std::max(unix_time, record.start_time);
  record.valid = 0;
  // Release: everything that was recorded is there for whoever sees the span ended.
  record.state.store(state_word(identity.record.generation, RecordState::ended),
                     std::memory_order_release);
  return true;
}

void let_go(TelemetryCore& core, ThreadData& thread, Record& record) noexcept {
  if ((record.flags.load(std::memory_order_relaxed) & kRecordOnly) == 0) {
    return core.pipeline().hand_over(thread, record);
  }
  thread.account.not_kept.add();
  Record* const one[] = {&record};
  core.pool().release(one);
}

}  // namespace

void end_span(ThreadData& thread, BasicSpan& span, std::uint64_t unix_time, EndedBy by) noexcept {
  const SpanIdentity& identity = SpanAccess::identity(span);
  if (identity.record.record == nullptr) return;
  const ReadSection section(thread);
  TelemetryCore* core = section.core();
  if (core != nullptr) {
    const bool has_processors = !core->processors().empty();
    if (has_processors) [[unlikely]]
      notify_ending(*core, span);
    if (close_record(thread, identity, unix_time)) [[likely]] {
      Record& record = *identity.record.record;
      if (has_processors) [[unlikely]]
        notify_end(*core, record);
      return let_go(*core, thread, record);
    }
  }
  if (by == EndedBy::call) thread.account.misused.add();
}

}  // namespace weft::inline v0::detail
