// SPDX-License-Identifier: Apache-2.0
#include "tracer/span_start.hpp"

#include <chrono>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
#include "tracer/sampling.hpp"

namespace weft::inline v0::detail {

namespace {

/// The parent of a span being started: null for a root.
struct Parent {
  const SpanContext* context = nullptr;
  std::int64_t clock_offset = 0;  // 0: not of this process, the new span is a local root
};

Parent parent_from(const SpanNode* node) noexcept {
  if (node == nullptr || !node->identity.context.is_valid()) return {};
  return {&node->identity.context, node->identity.clock_offset};
}

Parent find_parent(const SpanOptions* options) noexcept {
  if (options != nullptr) {
    if (options->root) return {};
    if (const Context* context = options->parent.context()) {
      return parent_from(top_span(ContextAccess::state(*context)));
    }
    if (const SpanContext* span = options->parent.span_context()) {
      return span->is_valid() ? Parent{span, 0} : Parent{};
    }
  }
  return parent_from(top_span(current_state_inline()));
}

TraceId new_trace_id(ThreadData& thread, IdGenerator* generator) noexcept {
  if (generator != nullptr) {
    try {
      if (const TraceId id = generator->trace_id(); id.is_valid()) return id;
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback,
                              "IdGenerator::trace_id threw; a random id is used");
    }
  }
  TraceId::Bytes bytes;
  const std::uint64_t high = thread.random.next();
  const std::uint64_t low = thread.random.next() | 1U;  // never all zero
  std::memcpy(bytes.data(), &high, sizeof high);
  std::memcpy(bytes.data() + sizeof high, &low, sizeof low);
  return TraceId(bytes);
}

SpanId new_span_id(ThreadData& thread, IdGenerator* generator) noexcept {
  if (generator != nullptr) {
    try {
      if (const SpanId id = generator->span_id(); id.is_valid()) return id;
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback,
                              "IdGenerator::span_id threw; a random id is used");
    }
  }
  std::uint64_t id = thread.random.next();
  while (id == 0) [[unlikely]] id = thread.random.next();
  SpanId::Bytes bytes;
  std::memcpy(bytes.data(), &id, sizeof id);
  return SpanId(bytes);
}

std::uint8_t random_flag(const Parent& parent, const IdGenerator* generator) noexcept {
  if (parent.context != nullptr) return parent.context->trace_flags().random() ? TraceFlags::kRandom : 0;
  return generator == nullptr || generator->random() ? TraceFlags::kRandom : 0;
}

// Without `init` a span stands in for its remote parent, so that the trace goes on unbroken through
// a service that does not record; a local one gets ids of its own.
void start_without_core(ThreadData& thread, const Parent& parent, SpanIdentity& identity) noexcept {
  identity.record.epoch = RecordPool::epoch();
  if (parent.context != nullptr && parent.context->is_remote()) {
    identity.context = *parent.context;
    return;
  }
  const bool is_root = parent.context == nullptr;
  const TraceId trace_id = is_root ? new_trace_id(thread, nullptr) : parent.context->trace_id();
  const TraceFlags flags = is_root ? TraceFlags(TraceFlags::kRandom) : parent.context->trace_flags();
  identity.context = SpanContext(trace_id, new_span_id(thread, nullptr), flags,
                                 is_root ? TraceState() : parent.context->trace_state());
}

std::uint64_t unix_nanoseconds(std::chrono::system_clock::time_point time) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

std::uint64_t start_time(const SpanOptions* options, std::int64_t clock_offset) noexcept {
  if (options != nullptr && options->start_time.time_since_epoch().count() != 0) {
    return unix_nanoseconds(options->start_time);
  }
  return static_cast<std::uint64_t>(steady_now() + clock_offset);
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

void notify_start(const TelemetryCore& core, const SpanOptions* options, BasicSpan& span) noexcept {
  if (core.processors().empty()) [[likely]] return;
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

// The record that a span which was chosen gets; null when the pool has none left.
Record* lease_record(ThreadData& thread, RecordPool& pool) noexcept {
  thread.account.started.add();
  Record* record = pool.acquire(thread);
  if (record == nullptr) [[unlikely]] thread.account.queue_full.add();
  return record;
}

}  // namespace

void start_span(ThreadData& thread, const StartRequest& request, BasicSpan& span) noexcept {
  SpanIdentity& identity = SpanAccess::identity(span);
  const SpanOptions* options = request.options;
  const Parent parent = find_parent(options);
  const ReadSection section(thread);
  TelemetryCore* core = section.core();
  if (core == nullptr) return start_without_core(thread, parent, identity);

  IdGenerator* generator = core->id_generator();
  const bool is_root = parent.context == nullptr;
  const TraceId trace_id =
      is_root ? new_trace_id(thread, generator) : parent.context->trace_id();
  Sampling sampling;
  const SamplerPlan::Verdict verdict = core->sampler().decide(parent.context, trace_id);
  if (verdict == SamplerPlan::Verdict::ask) [[unlikely]] {
    sampling = ask_sampler(*core, request, trace_id);
  } else {
    sampling.is_recorded = sampling.is_sampled = verdict == SamplerPlan::Verdict::sample;
    if (!is_root) sampling.trace_state = parent.context->trace_state();
  }
  const auto flags = static_cast<std::uint8_t>((sampling.is_sampled ? TraceFlags::kSampled : 0) |
                                               random_flag(parent, generator));
  identity.context = SpanContext(trace_id, new_span_id(thread, generator), TraceFlags(flags),
                                 std::move(sampling.trace_state));
  identity.record.epoch = RecordPool::epoch();
  if (!sampling.is_recorded) return;

  RecordPool& pool = core->pool();
  Record* record = lease_record(thread, pool);
  if (record == nullptr) return;
  identity.clock_offset = parent.clock_offset != 0 ? parent.clock_offset : unix_offset();
  const RecordStart start{
      .context = &identity.context,
      .parent_id = is_root ? SpanId() : parent.context->span_id(),
      .parent_is_remote = !is_root && parent.context->is_remote(),
      .kind = options != nullptr ? options->kind : SpanKind::internal,
      .start_time = start_time(options, identity.clock_offset),
      .scope = scope_index(thread, pool, request.tracer),
      .resource = core->resource(),
      .record_only = !sampling.is_sampled,
  };
  identity.record = start_record(pool, *record, thread, start, request.name);
  if (options != nullptr) {
    put_given(pool, *record, options->attributes);
    put_links(pool, *record, options->links);
  }
  if (!request.attributes.empty()) write_attributes(span, request.attributes);
  if (!sampling.attributes.empty()) put_given(pool, *record, sampling.attributes);
  notify_start(*core, options, span);
}

}  // namespace weft::inline v0::detail
