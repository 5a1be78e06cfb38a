// SPDX-License-Identifier: Apache-2.0
#include "otlp/reply.hpp"

#include "codec/field_reader.hpp"
#include "delivery/printable.hpp"

namespace weft::inline v0::otlp {

namespace {

using delivery::printable;

// ExportTraceServiceResponse.partial_success; ExportTracePartialSuccess.rejected_spans (int64) and
// error_message; google.rpc.Status.message.
constexpr std::uint32_t kPartialSuccess = codec::tag(1, codec::kBytes);
constexpr std::uint32_t kRejectedSpans = codec::tag(1, codec::kVarint);
constexpr std::uint32_t kErrorMessage = codec::tag(2, codec::kBytes);
constexpr std::uint32_t kStatusMessage = codec::tag(2, codec::kBytes);

bool read_partial_success(std::string_view message, PartialSuccess& result) {
  codec::FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == kRejectedSpans) {
      const auto count = static_cast<std::int64_t>(field->number);
      result.rejected_spans = count > 0 ? static_cast<std::uint64_t>(count) : 0;
    } else if (field->tag == kErrorMessage) {
      result.message = printable(field->bytes);
    }
  }
  return !reader.malformed();
}

}  // namespace

std::optional<PartialSuccess> read_response(std::string_view body) {
  PartialSuccess result;
  codec::FieldReader reader(body);
  while (const auto field = reader.next()) {
    if (field->tag == kPartialSuccess && !read_partial_success(field->bytes, result)) {
      return std::nullopt;
    }
  }
  if (reader.malformed()) return std::nullopt;
  return result;
}

std::string read_status_message(std::string_view body) {
  std::string message;
  codec::FieldReader reader(body);
  while (const auto field = reader.next()) {
    if (field->tag == kStatusMessage) message = printable(field->bytes);
  }
  return reader.malformed() ? std::string() : message;
}

}  // namespace weft::inline v0::otlp
