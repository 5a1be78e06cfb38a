// SPDX-License-Identifier: Apache-2.0
#include <cxxabi.h>

#include <chrono>
#include <cstdlib>
#include <memory>

#include <weft/span.hpp>

#include "platform/clock.hpp"
#include "span/quick_attribute.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "span/touch.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0 {

namespace {

using detail::RecordPool;
using detail::Touch;

codec::ValueLimits value_limits() noexcept {
  const RecordPool* pool = RecordPool::current();
  if (pool == nullptr) return {};
  return {pool->span_limits().attribute_value_length, pool->span_limits().attribute_depth};
}

// Guards the record and calls `write(pool, record)`; a span that is gone is a counted no-op.
template <class Write>
void touch(const detail::SpanIdentity& identity, Write&& write) noexcept {
  if (identity.record.record == nullptr) return;
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) return;
  const Touch guard(identity.record, *thread);
  if (guard) [[likely]] {
    write(*RecordPool::current(), guard.record());
  } else {
    thread->account.misused.add();
  }
}

// Runs the user's ranges now, so that none of their code runs while a record is touched.
Attributes encode_apart(std::span<const AttributeView> list,
                        const AttributeValueView* range) noexcept {
  Attributes encoded;
  const codec::ValueLimits limits = value_limits();
  for (const AttributeView& entry : list) {
    detail::SpanAccess::write(encoded, entry.key, entry.value, limits);
  }
  if (range == nullptr) return encoded;
  const bool whole = codec::for_each_entry(
      *range,
      [](void* self, std::string_view key, const AttributeValueView& value) {
        detail::SpanAccess::write(*static_cast<Attributes*>(self), key, value, value_limits());
      },
      &encoded);
  if (!whole) detail::SpanAccess::add_dropped(encoded);
  return encoded;
}

bool needs_encoding(const detail::AttributeSource& source) noexcept {
  return source.range() != nullptr || detail::needs_user_code(source.list());
}

struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};

// The dynamic type's name as the source spells it.
std::unique_ptr<char, FreeText> demangled(const std::exception& exception) noexcept {
  int status = 0;
  return std::unique_ptr<char, FreeText>(
      abi::__cxa_demangle(typeid(exception).name(), nullptr, nullptr, &status));
}

std::uint64_t event_time(const detail::SpanIdentity& identity,
                         const BasicSpan::TimePoint* time) noexcept {
  if (time == nullptr) {
    return static_cast<std::uint64_t>(detail::steady_now() + identity.clock_offset);
  }
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time->time_since_epoch()).count());
}

// Another thread's span, a span that is gone, a value that is not of the quick kind, no thread
// data.
[[gnu::noinline]] void set_attribute_slowly(const detail::SpanIdentity& identity,
                                            std::string_view key,
                                            const AttributeValueView& value) noexcept {
  if (value.kind() > AttributeValueView::Kind::bytes && detail::needs_user_code(value)) {
    const AttributeView one{key, value};
    const Attributes encoded = encode_apart({&one, 1}, nullptr);
    return touch(identity, [&](RecordPool& pool, detail::Record& record) {
      put_encoded_attributes(pool, record, encoded.encoded(), encoded.dropped_count());
    });
  }
  touch(identity,
        [&](RecordPool& pool, detail::Record& record) { put_attribute(pool, record, key, value); });
}

// The owner's usual attribute. False: nothing was done.
template <class Value>
[[gnu::always_inline]] inline bool write_quickly(const detail::SpanIdentity& identity,
                                                 std::string_view key, Value value) noexcept {
  detail::ThreadData* const thread = detail::this_thread_data;
  if (thread == nullptr) [[unlikely]]
    return false;
  const detail::RecordRef ref = identity.record;
  const detail::OwnerTouch owned(ref, *thread);
  if (!owned) [[unlikely]]
    return false;
  return put_usual_attribute(*ref.record, key, value);
}

// Every other one.
template <class Value>
[[gnu::noinline]] void set_attribute_as(BasicSpan& span, std::string_view key,
                                        Value value) noexcept {
  detail::SpanAccess::write_attribute(span, key, AttributeValueView(value));
}

}  // namespace

void BasicSpan::write_attribute(std::string_view key, const AttributeValueView& value) noexcept {
  const detail::RecordRef ref = identity_.record;
  if (detail::ThreadData* thread = detail::this_thread_data) [[likely]] {
    const detail::OwnerTouch owned(ref, *thread);
    if (owned && put_quick_attribute(*ref.record, key, value)) [[likely]] {
      return;
    }
  }
  set_attribute_slowly(identity_, key, value);
}

void BasicSpan::write_attribute(std::string_view key, std::string_view value) noexcept {
  if (!write_quickly(identity_, key, value)) [[unlikely]]
    set_attribute_as(*this, key, value);
}
void BasicSpan::write_attribute(std::string_view key, std::int64_t value) noexcept {
  if (!write_quickly(identity_, key, value)) [[unlikely]]
    set_attribute_as(*this, key, value);
}
void BasicSpan::write_attribute(std::string_view key, double value) noexcept {
  if (!write_quickly(identity_, key, value)) [[unlikely]]
    set_attribute_as(*this, key, value);
}
void BasicSpan::write_attribute(std::string_view key, bool value) noexcept {
  if (!write_quickly(identity_, key, value)) [[unlikely]]
    set_attribute_as(*this, key, value);
}

void BasicSpan::write_attributes(const detail::AttributeSource& source) noexcept {
  if (needs_encoding(source)) {
    const Attributes encoded = encode_apart(source.list(), source.range());
    return touch(identity_, [&](RecordPool& pool, detail::Record& record) {
      put_encoded_attributes(pool, record, encoded.encoded(), encoded.dropped_count());
    });
  }
  touch(identity_, [&](RecordPool& pool, detail::Record& record) {
    for (const AttributeView& entry : source.list()) {
      if (!detail::put_quick_attribute(record, entry.key, entry.value)) [[unlikely]]
        put_attribute(pool, record, entry.key, entry.value);
    }
  });
}

void detail::write_attributes(BasicSpan& span, const AttributeSource& source) noexcept {
  SpanAccess::write_attributes(span, source);
}

void BasicSpan::write_event(std::string_view name, const TimePoint* time,
                            const detail::AttributeSource& source) noexcept {
  if (identity_.record.record == nullptr) return;
  const std::uint64_t at = event_time(identity_, time);
  if (needs_encoding(source)) {
    const Attributes encoded = encode_apart(source.list(), source.range());
    return touch(identity_, [&](RecordPool& pool, detail::Record& record) {
      put_event(pool, record, name, at, encoded);
    });
  }
  touch(identity_, [&](RecordPool& pool, detail::Record& record) {
    put_event(pool, record, name, at, source.list());
  });
}

void BasicSpan::write_link(const SpanContext& context,
                           const detail::AttributeSource& source) noexcept {
  if (identity_.record.record == nullptr) return;
  if (needs_encoding(source)) {
    const Attributes encoded = encode_apart(source.list(), source.range());
    return touch(identity_, [&](RecordPool& pool, detail::Record& record) {
      put_link(pool, record, context, encoded);
    });
  }
  touch(identity_, [&](RecordPool& pool, detail::Record& record) {
    put_link(pool, record, context, source.list());
  });
}

void BasicSpan::write_exception(const std::exception& exception,
                                const detail::AttributeSource& source) noexcept {
  if (identity_.record.record == nullptr) return;
  const auto type = demangled(exception);
  Attributes attributes{{"exception.type", type ? type.get() : typeid(exception).name()},
                        {"exception.message", exception.what()}};
  const Attributes given = encode_apart(source.list(), source.range());
  detail::SpanAccess::append(attributes, given);
  const std::uint64_t at = event_time(identity_, nullptr);
  touch(identity_, [&](RecordPool& pool, detail::Record& record) {
    put_event(pool, record, "exception", at, attributes);
  });
}

void BasicSpan::set_status(StatusCode code, std::string_view description) noexcept {
  touch(identity_, [&](RecordPool& pool, detail::Record& record) {
    put_status(pool, record, code, description);
  });
}

void BasicSpan::update_name(std::string_view name) noexcept {
  touch(identity_, [&](RecordPool& pool, detail::Record& record) { put_name(pool, record, name); });
}

void detail::record_escape(ThreadData& thread, BasicSpan& span, std::string_view what) noexcept {
  const SpanIdentity& identity = SpanAccess::identity(span);
  const std::uint64_t at = event_time(identity, nullptr);
  const Touch guard(identity.record, thread);
  if (!guard) return;
  Record& record = guard.record();
  RecordPool& pool = *RecordPool::current();
  const AttributeView attributes[] = {{"exception.escaped", true}, {"exception.message", what}};
  put_event(pool, record, "exception", at, std::span<const AttributeView>(attributes));
  if ((record.flags.load(std::memory_order_relaxed) & kStatusSet) == 0) {
    put_status(pool, record, StatusCode::error, what);
  }
}

}  // namespace weft::inline v0
