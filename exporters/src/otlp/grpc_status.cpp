// SPDX-License-Identifier: Apache-2.0
#include "otlp/grpc_status.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/field_reader.hpp"
#include "codec/wire.hpp"
#include "delivery/header_list.hpp"
#include "delivery/printable.hpp"
#include "wire/base64.hpp"

namespace weft::inline v0::otlp {

namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 17> kNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// google.rpc.Status.details (Any), Any.type_url and value, RetryInfo.retry_delay (Duration),
// Duration.seconds and nanos.
constexpr std::uint32_t kDetails = codec::tag(3, codec::kBytes);
constexpr std::uint32_t kTypeUrl = codec::tag(1, codec::kBytes);
constexpr std::uint32_t kValue = codec::tag(2, codec::kBytes);
constexpr std::uint32_t kRetryDelay = codec::tag(1, codec::kBytes);
constexpr std::uint32_t kSeconds = codec::tag(1, codec::kVarint);
constexpr std::uint32_t kNanos = codec::tag(2, codec::kVarint);

milliseconds read_duration(std::string_view message) {
  // A year: more than anyone waits, and far from the end of every clock's range.
  constexpr std::int64_t kLongest = 365LL * 24 * 3600;
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  codec::FieldReader reader(message);
  while (const auto field = reader.next()) {
    const auto number = static_cast<std::int64_t>(field->number);
    if (field->tag == kSeconds) seconds = std::clamp<std::int64_t>(number, 0, kLongest);
    if (field->tag == kNanos) nanos = std::clamp<std::int64_t>(number, 0, 999'999'999);
  }
  return std::chrono::seconds(seconds) +
         std::chrono::ceil<milliseconds>(std::chrono::nanoseconds(nanos));
}

// The delay of an Any that is a RetryInfo.
std::optional<milliseconds> read_any(std::string_view message) {
  std::string_view type;
  std::string_view value;
  codec::FieldReader any(message);
  while (const auto field = any.next()) {
    if (field->tag == kTypeUrl) type = field->bytes;
    if (field->tag == kValue) value = field->bytes;
  }
  if (!type.ends_with("/google.rpc.RetryInfo")) return std::nullopt;
  milliseconds delay{0};
  codec::FieldReader info(value);
  while (const auto field = info.next()) {
    if (field->tag == kRetryDelay) delay = read_duration(field->bytes);
  }
  return delay;
}

}  // namespace

std::string_view name_of(GrpcCode code) noexcept { return kNames[static_cast<std::size_t>(code)]; }

bool is_retryable(GrpcCode code) noexcept {
  switch (code) {
    case GrpcCode::cancelled:
    case GrpcCode::deadline_exceeded:
    case GrpcCode::aborted:
    case GrpcCode::out_of_range:
    case GrpcCode::unavailable:
    case GrpcCode::data_loss:
      return true;
    default:
      return false;
  }
}

std::optional<GrpcCode> read_grpc_status(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && number < kNames.size() ? static_cast<GrpcCode>(number) : GrpcCode::unknown;
}

std::string read_grpc_message(std::string_view text) {
  return delivery::printable(delivery::percent_decoded(text));
}

GrpcCode code_of_http(long status) noexcept {
  switch (status) {
    case 400:
      return GrpcCode::internal;
    case 401:
      return GrpcCode::unauthenticated;
    case 403:
      return GrpcCode::permission_denied;
    case 404:
      return GrpcCode::unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcCode::unavailable;
    default:
      return GrpcCode::unknown;
  }
}

std::optional<milliseconds> read_retry_delay(std::string_view trailer) {
  const auto status = wire::from_base64(trailer);
  if (!status) return std::nullopt;
  codec::FieldReader reader(*status);
  while (const auto field = reader.next()) {
    if (field->tag != kDetails) continue;
    if (const auto delay = read_any(field->bytes)) return delay;
  }
  return std::nullopt;
}

}  // namespace weft::inline v0::otlp
