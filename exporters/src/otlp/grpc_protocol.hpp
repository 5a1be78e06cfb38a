// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/request_encoder.hpp"

namespace weft::inline v0::otlp {

/// OTLP/gRPC: one message a call, framed, and what the call's status means. gRPC over HTTP/2; OTLP
/// specification, "OTLP/gRPC Response".
class GrpcProtocol final : public delivery::Protocol {
 public:
  /// `max_response_size`: of a message once it is unpacked.
  explicit GrpcProtocol(std::size_t max_response_size) noexcept
      : max_response_size_(max_response_size) {}
  std::string_view name() const noexcept override { return "otlp_grpc"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                           wire::Buffer& body) override;
  std::size_t frame_size() const noexcept override;
  void write_frame(char* frame, std::size_t message_size, bool gzipped) const noexcept override;
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point now) const override;

 private:
  delivery::Verdict judge_success(std::string_view body) const;

  const std::size_t max_response_size_;
  RequestEncoder encoder_;
};

}  // namespace weft::inline v0::otlp
