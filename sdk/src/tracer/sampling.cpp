// SPDX-License-Identifier: Apache-2.0
#include "tracer/sampling.hpp"

#include <weft/detail/context_access.hpp>

#include "codec/value_encoder.hpp"
#include "platform/user_exception.hpp"
#include "tracer/core.hpp"
#include "tracer/sampler_plan.hpp"

namespace weft::inline v0::detail {

Context parent_context(const SpanOptions* options) noexcept {
  if (options == nullptr) return copy_context();
  if (options->root) {
    Context context = copy_context();
    set_remote_span(context, SpanContext());
    return context;
  }
  if (const Context* given = options->parent.context()) return *given;
  Context context = copy_context();
  if (const SpanContext* span = options->parent.span_context()) set_remote_span(context, *span);
  return context;
}

namespace {

Attributes initial_attributes(const StartRequest& request) noexcept {
  Attributes attributes;
  if (request.options != nullptr) attributes = request.options->attributes;
  if (request.attributes == nullptr) return attributes;
  for (const AttributeView& given : request.attributes->list()) {
    attributes.set(given.key, given.value);
  }
  if (const AttributeValueView* range = request.attributes->range()) {
    codec::for_each_entry(
        *range,
        [](void* self, std::string_view key, const AttributeValueView& value) {
          static_cast<Attributes*>(self)->set(key, value);
        },
        &attributes);
  }
  return attributes;
}

}  // namespace

Sampling ask_sampler(const TelemetryCore& core, const StartRequest& request,
                     const TraceId& trace_id, const TraceState& before) noexcept {
  const Context parent = parent_context(request.options);
  const Attributes attributes = initial_attributes(request);
  std::span<const Link> links;
  if (request.options != nullptr) links = request.options->links;
  const SamplingParameters parameters{
      .parent = parent,
      .trace_id = trace_id,
      .name = request.name,
      .kind = request.options != nullptr ? request.options->kind : SpanKind::internal,
      .attributes = attributes,
      .links = links,
  };
  try {
    SamplingResult result = core.sampler().sampler()->should_sample(parameters);
    return {result.decision != SamplingDecision::drop,
            result.decision == SamplingDecision::record_and_sample, std::move(result.trace_state),
            std::move(result.attributes)};
  } catch (...) {
    count_user_exception("Sampler::should_sample threw; the span is dropped");
    return {.trace_state = before};
  }
}

}  // namespace weft::inline v0::detail
