// SPDX-License-Identifier: Apache-2.0
#include <weft/span.hpp>

#include <utility>

#include "context/context_access.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "span/touch.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0 {

using detail::EndedBy;
using detail::SpanNode;
using detail::ThreadData;

namespace {

std::uint64_t word_of(const SpanNode* node) noexcept {
  return node != nullptr ? node->word.load(std::memory_order_relaxed) : 0;
}

void pop(ThreadData* thread, SpanNode* node, std::uint64_t word) noexcept {
  if (node == nullptr) return;
  if (!detail::pop_span(thread, *node, word) && thread != nullptr) thread->account.misused.add();
}

}  // namespace

void BasicSpan::end() noexcept {
  ThreadData* thread = detail::thread_data();
  if (thread == nullptr || std::exchange(ended_, true)) return;
  detail::end_span(*thread, *this, 0, EndedBy::call);
}

void BasicSpan::end(TimePoint time) noexcept {
  ThreadData* thread = detail::thread_data();
  if (thread == nullptr || std::exchange(ended_, true)) return;
  const auto unix_time =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  // Before 1970 is before any start; 0 itself would mean "now".
  detail::end_span(*thread, *this, unix_time > 0 ? static_cast<std::uint64_t>(unix_time) : 1,
                   EndedBy::call);
}

SpanScope::SpanScope(const detail::SpanIdentity& identity) noexcept {
  ThreadData* thread = detail::thread_data();
  if (thread == nullptr || !identity.context.is_valid()) return;
  node_ = detail::push_span(*thread, detail::current_state_inline(), identity);
  node_word_ = word_of(node_);
}

SpanScope::~SpanScope() { pop(detail::thread_data(), node_, node_word_); }

DetachedSpan::DetachedSpan(DetachedSpan&& other) noexcept {
  identity_ = std::exchange(other.identity_, detail::SpanIdentity());
  ended_ = std::exchange(other.ended_, false);
}

DetachedSpan& DetachedSpan::operator=(DetachedSpan&& other) noexcept {
  if (this == &other) return *this;
  ThreadData* thread = detail::thread_data();
  if (thread != nullptr && !ended_) detail::end_span(*thread, *this, 0, EndedBy::scope);
  identity_ = std::exchange(other.identity_, detail::SpanIdentity());
  ended_ = std::exchange(other.ended_, false);
  return *this;
}

DetachedSpan::~DetachedSpan() {
  ThreadData* thread = detail::thread_data();
  if (thread != nullptr && !ended_) detail::end_span(*thread, *this, 0, EndedBy::scope);
}

SpanContext span_context(const Context& context) noexcept {
  const SpanNode* node = detail::top_span(ContextAccess::state(context));
  return node != nullptr ? node->identity.context : SpanContext();
}

namespace {

Span& idle_span() noexcept {
  // For a thread that has no data at all: does not record.
  alignas(Span) static constinit unsigned char memory[sizeof(Span)] = {};
  static Span* span = detail::SpanAccess::make_proxy(memory, {});
  return *span;
}

}  // namespace

Span& current_span() noexcept {
  ThreadData* thread = detail::thread_data();
  if (thread == nullptr) return idle_span();
  static_assert(sizeof(Span) <= sizeof thread->span_proxy);
  if (!std::exchange(thread->has_span_proxy, true)) {
    detail::SpanAccess::make_proxy(thread->span_proxy, {});
  }
  Span& proxy = *std::launder(reinterpret_cast<Span*>(thread->span_proxy));
  const SpanNode* node = detail::top_span(detail::current_state_inline());
  detail::SpanAccess::identity(proxy) = node != nullptr ? node->identity : detail::SpanIdentity();
  detail::SpanAccess::ended(proxy) = false;
  return proxy;
}

}  // namespace weft::inline v0
