// SPDX-License-Identifier: Apache-2.0
#include "otlp/grpc_frame.hpp"

namespace weft::inline v0::otlp {

void write_grpc_frame(char* frame, std::size_t message_size, bool gzipped) noexcept {
  frame[0] = gzipped ? 1 : 0;
  for (unsigned i = 0; i < 4; ++i) {
    frame[1 + i] = static_cast<char>(message_size >> (24 - 8 * i) & 0xFFU);
  }
}

wire::Unpacked read_grpc_frame(std::string_view body, std::size_t limit, std::string& message) {
  if (body.size() < kGrpcFrameSize) return wire::Unpacked::unreadable;
  std::size_t size = 0;
  for (const char c : body.substr(1, 4)) size = size << 8U | static_cast<unsigned char>(c);
  const bool is_packed = body[0] != 0;
  body.remove_prefix(kGrpcFrameSize);
  if (size != body.size()) return wire::Unpacked::unreadable;
  if (is_packed) return wire::unpack(body, limit, message);
  message = body;
  return wire::Unpacked::whole;
}

}  // namespace weft::inline v0::otlp
