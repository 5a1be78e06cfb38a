// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/request_encoder.hpp"

namespace weft::inline v0::otlp {

/// OTLP/gRPC: one message a call, framed, and what the call's status means. gRPC over HTTP/2; OTLP
/// specification, "OTLP/gRPC Response".
class GrpcProtocol final : public delivery::Protocol {
 public:
  std::string_view name() const noexcept override { return "otlp_grpc"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                           wire::Buffer& body) override;
  std::size_t frame_size() const noexcept override;
  void write_frame(char* frame, std::size_t message_size, bool gzipped) const noexcept override;
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point now) const override;

 private:
  RequestEncoder encoder_;
};

}  // namespace weft::inline v0::otlp
