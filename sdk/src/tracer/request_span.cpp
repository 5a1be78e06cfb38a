// SPDX-License-Identifier: Apache-2.0
#include <weft/request_span.hpp>

#include <algorithm>
#include <new>
#include <utility>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "tracer/new_ids.hpp"

namespace weft::inline v0 {

namespace detail {

namespace {

bool can_be_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= RequestId::kCapacity &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

RequestId make_request_id(const SpanContext& span) noexcept {
  TraceId id = span.trace_id();
  if (ThreadData* thread = thread_data()) {
    NewIds fresh;
    fresh.make_trace(thread->random);
    id = fresh.trace_id();
  }
  char text[2 * TraceId::kSize];
  write_hex(id.bytes().data(), TraceId::kSize, text);
  return RequestId(std::string_view(text, sizeof text));
}

// The request's variables, and its parent: a span that is open here, such as a server
// integration's, comes before the headers' own if it is of their trace.
SpanOptions options_for(Context headers) noexcept {
  const SpanNode* here = top_span(current_state_inline());
  ContextState& state = ContextAccess::state(headers);
  const SpanNode* remote = top_span(state);
  const bool is_open = here != nullptr && here->identity.context.is_valid();
  if (is_open && (remote == nullptr ||
                  remote->identity.context.trace_id() == here->identity.context.trace_id())) {
    state.span = &ContextAccess::inherit(headers, here->identity);
  }
  return {.kind = SpanKind::server, .parent = std::move(headers)};
}

}  // namespace

RequestId read_request_id(const CarrierReader& carrier) noexcept {
  RequestId id;
  try {
    carrier.for_each(kRequestIdHeader, [&](std::string_view, std::string_view value) {
      if (id.empty() && can_be_id(value)) id = RequestId(value);
    });
  } catch (...) {
    // The carrier's: what it gave until then counts.
  }
  return id;
}

}  // namespace detail

RequestSpan::RequestSpan(const Tracer& tracer, std::string_view name) noexcept
    : RequestSpan(tracer, name, SpanOptions{.kind = SpanKind::server}) {}

RequestSpan::RequestSpan(const Tracer& tracer, std::string_view name, Context headers,
                         const RequestId& upstream) noexcept
    : RequestSpan(tracer, name, detail::options_for(std::move(headers))) {
  upstream_ = upstream;
}

RequestSpan::RequestSpan(const Tracer& tracer, std::string_view name,
                         const SpanOptions& options) noexcept
    : Span(tracer, name, options) {}

void RequestSpan::request_before() noexcept {
  if (std::exchange(has_begun_, true)) return;
  id_ = upstream_.empty() ? detail::make_request_id(context()) : upstream_;
  try {
    request_id.set(id_);  // the span restores what was before
  } catch (const std::bad_alloc&) {
    // The request goes without: no reason to stop it.
  }
  add_event("request", {{"request_id", id_.view()}});
}

void RequestSpan::response(std::string_view message) noexcept {
  add_event("response", {{"message", message}});
}

RequestId RequestSpan::own_id() const noexcept { return id_.empty() ? request_id.get() : id_; }

}  // namespace weft::inline v0
