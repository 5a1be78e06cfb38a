// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "codec/utf8.hpp"
#include "codec/wire.hpp"
#include "otlp/grpc_frame.hpp"
#include "otlp/grpc_status.hpp"
#include "remote_sampling/service.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

using otlp::GrpcCode;
using otlp::kGrpcFrameSize;

// SamplingStrategyParameters{serviceName = 1} in its frame.
std::string question_about(std::string_view service_name) {
  constexpr std::uint32_t kServiceName = codec::tag(1, codec::kBytes);
  const std::size_t text = codec::repaired_size(service_name);
  const std::size_t size = codec::varint_size(kServiceName) + codec::varint_size(text) + text;
  std::string question(kGrpcFrameSize + size, '\0');
  otlp::write_grpc_frame(question.data(), size, false);
  char* out = codec::write_varint(question.data() + kGrpcFrameSize, kServiceName);
  codec::write_repaired(service_name, codec::write_varint(out, text));
  return question;
}

// Of what ended the call; "" when that is OK.
std::string refusal_in(const wire::Reply& reply) {
  const auto code = otlp::read_grpc_status(reply.grpc_status);
  if (!code) {
    return "it answered HTTP " + std::to_string(reply.status) +
           " without a gRPC status: is it Jaeger's gRPC port?";
  }
  if (*code == GrpcCode::ok) return {};
  const std::string text = otlp::read_grpc_message(reply.grpc_message);
  return "it answered " + std::string(otlp::name_of(*code)) + (text.empty() ? "" : ": " + text);
}

std::optional<std::string> answer_in(const wire::Reply& reply, std::string& why) {
  why = failure_of(reply);
  // The status ends the call, even where the connection did not end well.
  if (why.empty() || !reply.grpc_status.empty()) {
    if (std::string refusal = refusal_in(reply); !refusal.empty()) why = std::move(refusal);
  }
  if (!why.empty()) return std::nullopt;
  std::string message;
  switch (otlp::read_grpc_frame(reply.body, kLargestAnswer, message)) {
    case wire::Unpacked::whole:
      return message;
    case wire::Unpacked::too_large:
      why = failure_of({.kind = wire::Reply::Kind::too_large});
      break;
    case wire::Unpacked::unreadable:
      why = "the answer is no gRPC message";
      break;
  }
  return std::nullopt;
}

}  // namespace

void name_grpc_call(wire::Endpoint& endpoint) {
  wire::Endpoint call = endpoint;
  wire::set_path(call, "/jaeger.api_v2.SamplingManager/GetSamplingStrategy");
  endpoint.url = std::move(call.url);  // it is shown as it was given
}

Service grpc_service(wire::HttpSettings settings, std::string_view service_name) {
  settings.http2 = true;
  settings.headers = {"Content-Type: application/grpc", "TE: trailers",
                      "grpc-timeout: " + std::to_string(settings.timeout.count()) + "m",
                      "grpc-accept-encoding: identity,gzip"};
  return {.settings = std::move(settings),
          .question = question_about(service_name),
          .answer_in = &answer_in,
          .read = &read_strategy_message};
}

}  // namespace weft::inline v0::remote_sampling
