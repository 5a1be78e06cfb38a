// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_view.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/field_reader.hpp"
#include "platform/thread_data.hpp"
#include "span/record_pool.hpp"
#include "span/recorder.hpp"
#include "span/span_access.hpp"
#include "span/span_encoder.hpp"
#include "support/open_span.hpp"

namespace weft::testing {

inline detail::PoolLimits small_pool() { return {.records = 64, .bytes = 256U << 10U}; }

/// What a span's head begins with: ids of `byte`, a root, times that are easy to see.
inline detail::RecordStart start_of(const SpanContext& context) {
  return {.context = &context,
          .parent_id = {},
          .parent_is_remote = false,
          .kind = SpanKind::internal,
          .start_time = 1'000'000'000,
          .scope = 0,
          .resource = 0,
          .record_only = false};
}

/// One open record of a pool of its own, written as a span writes it.
class Recording {
 public:
  explicit Recording(const detail::PoolLimits& limits = small_pool(),
                     std::string_view name = "name")
      : Recording(limits, name, start_of(identity_of(1).context)) {}
  Recording(const detail::PoolLimits& limits, std::string_view name,
            const detail::RecordStart& start)
      : pool_(*detail::RecordPool::open(limits)),
        record_(*pool_.acquire(*detail::thread_data())),
        ref_(detail::start_record(pool_, record_, *detail::thread_data(), start, name)) {}
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    detail::Record* const one[] = {&record_};
    pool_.release(one);
  }

  detail::RecordPool& pool() const { return pool_; }
  detail::Record& record() const { return record_; }
  const detail::RecordRef& ref() const { return ref_; }
  std::uint32_t size() const { return record_.body_size.load(); }

  void put(std::string_view key, const AttributeValueView& value) const {
    detail::put_attribute(pool_, record_, key, value);
  }
  void put_name(std::string_view name) const { detail::put_name(pool_, record_, name); }
  void put_status(StatusCode code, std::string_view description = {}) const {
    detail::put_status(pool_, record_, code, description);
  }
  void put_event(std::string_view name, const std::vector<AttributeView>& attributes = {}) const {
    detail::put_event(pool_, record_, name, 5, std::span(attributes));
  }
  void put_link(const SpanContext& context,
                const std::vector<AttributeView>& attributes = {}) const {
    detail::put_link(pool_, record_, context, std::span(attributes));
  }

  SpanView view() const { return detail::SpanAccess::view(record_); }
  SpanData data() const { return view().data(); }
  /// The bytes that an exporter sends; "" when the size that was promised is not kept.
  std::string encoded() const {
    std::string bytes(detail::encoded_span_size(record_), '\0');
    const char* end = detail::encode_span(record_, bytes.data());
    return end == bytes.data() + bytes.size() ? bytes : std::string();
  }

 private:
  detail::RecordPool& pool_;
  detail::Record& record_;
  detail::RecordRef ref_;
};

/// The fields of an encoded message with that tag; "malformed" when its bytes are no message.
inline std::vector<std::string> fields_of(std::string_view message, std::uint32_t field_tag) {
  std::vector<std::string> found;
  codec::FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == field_tag) found.emplace_back(field->bytes);
  }
  if (reader.malformed()) return {"malformed"};
  return found;
}

}  // namespace weft::testing
