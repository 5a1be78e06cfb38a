// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <new>

#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
#include "tracer/sampling.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0::detail {

namespace {

// The record that a span which was chosen gets; null when the pool has none left.
Record* lease_record(ThreadData& thread, RecordPool& pool) noexcept {
  thread.account.started.add();
  Record* record = pool.acquire(thread);
  if (record == nullptr) [[unlikely]]
    thread.account.queue_full.add();
  return record;
}

// The one reading of the clock. A local root takes the wall clock's offset by it, for its whole
// tree.
std::uint64_t start_time(const SpanOptions* options, Parent parent,
                         SpanIdentity& identity) noexcept {
  std::int64_t now = 0;
  if (parent.clock_offset != 0) {
    identity.clock_offset = parent.clock_offset;
    now = steady_now();
  } else {
    const ClockReading reading = read_clock();
    identity.clock_offset = reading.unix_offset;
    now = reading.steady;
  }
  if (options != nullptr && options->start_time.time_since_epoch().count() != 0) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(options->start_time.time_since_epoch())
            .count());
  }
  return static_cast<std::uint64_t>(now + identity.clock_offset);
}

// Which index the pool's table has for the tracer's scope.
std::uint16_t scope_index(ThreadData& thread, RecordPool& pool, const Tracer& tracer) noexcept {
  // A tracer's texts are constants, so their addresses tell tracers apart.
  const char* const name = tracer.name().data();
  const auto address = reinterpret_cast<std::uintptr_t>(name);
  ThreadData::ScopeEntry& entry =
      thread.scopes[(address >> 3U ^ address >> 9U) % ThreadData::kScopeEntries];
  if (entry.name == name && entry.size == tracer.name().size() &&
      entry.version == tracer.version().data() && entry.schema_url == tracer.schema_url().data() &&
      entry.attributes == tracer.encoded_attributes().data() && entry.epoch == RecordPool::epoch())
      [[likely]] {
    return entry.index;
  }
  return add_scope(entry, pool, tracer);
}

void put_links(RecordPool& pool, Record& record, const std::vector<Link>& links) noexcept {
  for (const Link& link : links) put_link(pool, record, link.context, Attributes(link.attributes));
}

// Text that a limit may cut has to be written again; everything else is taken over as it is.
void put_given(RecordPool& pool, Record& record, const Attributes& given) noexcept {
  if (pool.span_limits().attribute_value_length == SpanLimits::kUnlimited &&
      pool.span_limits().attribute_depth == SpanLimits::kUnlimited) {
    return put_encoded_attributes(pool, record, given.encoded(), given.dropped_count());
  }
  record.dropped_attributes += given.dropped_count();
  try {
    for (const Attribute& attribute : given.to_vector()) {
      put_attribute(pool, record, attribute.key, attribute.value);
    }
  } catch (const std::bad_alloc&) {
    record.dropped_attributes += static_cast<std::uint32_t>(given.size());
  }
}

[[gnu::noinline]] void notify_start(const TelemetryCore& core, const SpanOptions* options,
                                    BasicSpan& span) noexcept {
  alignas(Span) unsigned char memory[sizeof(Span)];
  Span& proxy = *SpanAccess::make_proxy(memory, SpanAccess::identity(span));
  const Context parent = parent_context(options);
  for (const ProcessorPtr& processor : core.processors()) {
    try {
      processor->on_start(proxy, parent);
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback, "SpanProcessor::on_start threw");
    }
  }
  SpanAccess::identity(proxy) = SpanIdentity();  // its destructor is not run
}

}  // namespace

void open_record(ThreadData& thread, const TelemetryCore& core, const StartRequest& request,
                 Parent parent, const Attributes* sampler_attributes, BasicSpan& span) noexcept {
  RecordPool& pool = core.pool();
  Record* record = lease_record(thread, pool);
  if (record == nullptr) [[unlikely]]
    return;
  SpanIdentity& identity = SpanAccess::identity(span);
  const SpanOptions* options = request.options;
  const bool is_root = parent.context == nullptr;
  const RecordStart start{
      .context = &identity.context,
      .parent_id = is_root ? SpanId() : parent.context->span_id(),
      .parent_is_remote = !is_root && parent.context->is_remote(),
      .kind = options != nullptr ? options->kind : SpanKind::internal,
      .start_time = start_time(options, parent, identity),
      .scope = scope_index(thread, pool, request.tracer),
      .resource = core.resource(),
      .record_only = !identity.context.is_sampled(),
  };
  identity.record = start_record(pool, *record, thread, start, request.name);
  if (options != nullptr) {
    put_given(pool, *record, options->attributes);
    put_links(pool, *record, options->links);
  }
  if (!request.attributes.empty()) write_attributes(span, request.attributes);
  if (sampler_attributes != nullptr) put_given(pool, *record, *sampler_attributes);
  if (!core.processors().empty()) [[unlikely]]
    notify_start(core, options, span);
}

}  // namespace weft::inline v0::detail
