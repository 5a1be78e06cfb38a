// SPDX-License-Identifier: Apache-2.0
#include <weft/log_fields.hpp>

#include <weft/propagation.hpp>
#include <weft/request_id.hpp>

namespace weft::inline v0 {

namespace {

template <class Id>
FieldText<2 * Id::kSize> spelled(const Id& id) noexcept {
  FieldText<2 * Id::kSize> field;
  detail::write_hex(id.bytes().data(), Id::kSize, field.text_);
  field.size_ = 2 * Id::kSize;
  return field;
}

}  // namespace

LogFields log_fields() noexcept {
  LogFields fields;
  if (const RequestId* id = detail::find_request_id()) fields.request_id = *id;
  const SpanContext* span = detail::current_span_context();
  if (span != nullptr && span->is_valid()) {
    fields.trace_id = spelled(span->trace_id());
    fields.span_id = spelled(span->span_id());
  }
  return fields;
}

}  // namespace weft::inline v0
