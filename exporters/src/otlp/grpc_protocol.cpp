// SPDX-License-Identifier: Apache-2.0
#include "otlp/grpc_protocol.hpp"

#include <optional>
#include <string>

#include "delivery/http_verdict.hpp"
#include "delivery/printable.hpp"
#include "otlp/delivered.hpp"
#include "otlp/grpc_frame.hpp"
#include "otlp/grpc_status.hpp"
#include "otlp/reply.hpp"

namespace weft::inline v0::otlp {

namespace {

using delivery::Verdict;
using wire::Reply;

Verdict judge_failure(GrpcCode code, const Reply& reply) {
  Verdict verdict{.kind = Verdict::Kind::refused};
  const auto delay = read_retry_delay(reply.grpc_details);
  const bool throttled = code == GrpcCode::resource_exhausted && delay.has_value();
  if (is_retryable(code) || throttled) {
    verdict.kind = Verdict::Kind::again;
    verdict.server_delay = delay;
  }
  verdict.message = "answered " + std::string(name_of(code));
  if (const std::string text = read_grpc_message(reply.grpc_message); !text.empty()) {
    verdict.message += ": " + text;
  }
  return verdict;
}

// Somebody between, or no gRPC server at all: the HTTP status is what there is.
Verdict judge_without_status(const Reply& reply) {
  if (!reply.complete) {
    return {.kind = Verdict::Kind::again, .message = delivery::printable(reply.why)};
  }
  const GrpcCode code = code_of_http(reply.status);
  return {.kind = is_retryable(code) ? Verdict::Kind::again : Verdict::Kind::refused,
          .message = "answered HTTP " + std::to_string(reply.status) +
                     " without a gRPC status: is it the address of an OTLP/gRPC receiver?"};
}

}  // namespace

delivery::Encoded GrpcProtocol::encode(std::span<detail::Record* const> records, std::size_t limit,
                                       wire::Buffer& body) {
  const std::size_t taken = encoder_.plan(records, limit);
  if (taken == 0) return {1, true};
  encoder_.write(body.reserve(kGrpcFrameSize + encoder_.size()) + kGrpcFrameSize);
  body.set_size(kGrpcFrameSize + encoder_.size());
  return {taken, false};
}

std::size_t GrpcProtocol::frame_size() const noexcept { return kGrpcFrameSize; }

void GrpcProtocol::write_frame(char* frame, std::size_t message_size, bool gzipped) const noexcept {
  write_grpc_frame(frame, message_size, gzipped);
}

Verdict GrpcProtocol::judge(const Reply& reply, std::chrono::system_clock::time_point now) const {
  if (reply.kind != Reply::Kind::answered) return delivery::judge_failure(reply, {}, now);
  // The status ends the call, even where the connection did not end well.
  const auto code = read_grpc_status(reply.grpc_status);
  if (!code) return judge_without_status(reply);
  return *code == GrpcCode::ok ? judge_success(reply.body) : judge_failure(*code, reply);
}

Verdict GrpcProtocol::judge_success(std::string_view body) const {
  if (body.empty()) return {.kind = Verdict::Kind::delivered};
  std::string message;
  switch (read_grpc_frame(body, max_response_size_, message)) {
    case wire::Unpacked::whole:
      return delivered(read_response(message));
    case wire::Unpacked::too_large:
      return delivery::judge_failure({.kind = Reply::Kind::too_large}, {}, {});
    case wire::Unpacked::unreadable:
      break;
  }
  return delivered(std::nullopt);
}

}  // namespace weft::inline v0::otlp
