// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::otlp {

/// google.rpc.Code.
enum class GrpcCode : std::uint8_t {
  ok,
  cancelled,
  unknown,
  invalid_argument,
  deadline_exceeded,
  not_found,
  already_exists,
  permission_denied,
  resource_exhausted,
  failed_precondition,
  aborted,
  out_of_range,
  unimplemented,
  internal,
  unavailable,
  data_loss,
  unauthenticated,
};

/// "UNAVAILABLE".
std::string_view name_of(GrpcCode code) noexcept;

/// OTLP specification, "Failures". RESOURCE_EXHAUSTED is not among them: it may be tried again only
/// where the server says when.
bool is_retryable(GrpcCode code) noexcept;

/// The trailer grpc-status; none when there is none, `unknown` for a number that is no code.
std::optional<GrpcCode> read_grpc_status(std::string_view text) noexcept;

/// The trailer grpc-message, for a human.
std::string read_grpc_message(std::string_view text);

/// What an HTTP status stands for when no gRPC status came. gRPC, "HTTP to gRPC Status Code
/// Mapping".
GrpcCode code_of_http(long status) noexcept;

/// `RetryInfo.retry_delay` of the google.rpc.Status in the trailer grpc-status-details-bin; none
/// when it carries no RetryInfo or cannot be read.
std::optional<std::chrono::milliseconds> read_retry_delay(std::string_view trailer);

}  // namespace weft::inline v0::otlp
