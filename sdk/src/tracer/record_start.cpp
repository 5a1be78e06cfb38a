// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <new>
#include <span>
#include <vector>

#include "platform/user_exception.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "tracer/core.hpp"
#include "tracer/open_record.hpp"
#include "tracer/sampling.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0::detail {

namespace {

// Nanoseconds; 0: now.
std::uint64_t given_start(const SpanOptions& options) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(options.start_time.time_since_epoch())
          .count());
}

// Text that a limit may cut has to be written again; everything else is taken over as it is.
bool cuts_values(const RecordPool& pool) noexcept {
  return pool.span_limits().attribute_value_length != SpanLimits::kUnlimited ||
         pool.span_limits().attribute_depth != SpanLimits::kUnlimited;
}

void put_links(RecordPool& pool, Record& record, const std::vector<Link>& links) noexcept {
  for (const Link& link : links) {
    if (!cuts_values(pool)) {
      put_link(pool, record, link.context, Attributes(link.attributes));
      continue;
    }
    try {
      const std::vector<AttributeView> views(link.attributes.begin(), link.attributes.end());
      put_link(pool, record, link.context, std::span(views));
    } catch (const std::bad_alloc&) {
      count_dropped(record, &Record::dropped_links);
    }
  }
}

void put_given(RecordPool& pool, Record& record, const Attributes& given) noexcept {
  if (!cuts_values(pool)) {
    return put_encoded_attributes(pool, record, given.encoded(), given.dropped_count());
  }
  count_dropped(record, &Record::dropped_attributes, given.dropped_count());
  try {
    for (const Attribute& attribute : given.to_vector()) {
      put_attribute(pool, record, attribute.key, attribute.value);
    }
  } catch (const std::bad_alloc&) {
    count_dropped(record, &Record::dropped_attributes, static_cast<std::uint32_t>(given.size()));
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
      count_user_exception("SpanProcessor::on_start threw");
    }
  }
  SpanAccess::identity(proxy) = SpanIdentity();  // its destructor is not run
}

}  // namespace

void open_record(ThreadData& thread, const TelemetryCore& core, const StartRequest& request,
                 Parent parent, const Attributes* sampler_attributes, BasicSpan& span) noexcept {
  RecordPool& pool = core.pool();
  const SpanOptions* options = request.options;
  const FirstFacts facts{request.tracer, request.name,
                         options != nullptr ? options->kind : SpanKind::internal,
                         options != nullptr ? given_start(*options) : 0};
  SpanIdentity& identity = SpanAccess::identity(span);
  const SpanContext& context = identity.context;
  const OpenedHead opened = open_head(thread, core, facts, parent, IdWords::of(context), &context);
  identity.record = opened.ref;
  identity.clock_offset = opened.clock_offset;
  if (identity.record.record == nullptr) [[unlikely]]
    return;
  Record& record = *identity.record.record;
  if (options != nullptr) {
    put_given(pool, record, options->attributes);
    put_links(pool, record, options->links);
  }
  if (request.attributes != nullptr) write_attributes(span, *request.attributes);
  if (sampler_attributes != nullptr) put_given(pool, record, *sampler_attributes);
  if (!core.processors().empty()) [[unlikely]]
    notify_start(core, options, span);
}

}  // namespace weft::inline v0::detail
