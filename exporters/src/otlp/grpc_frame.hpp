// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/gzip.hpp"

namespace weft::inline v0::otlp {

/// Before each message of a call: a byte that says whether it is packed, and four of its size.
/// gRPC over HTTP/2, "Length-Prefixed-Message".
inline constexpr std::size_t kGrpcFrameSize = 5;

void write_grpc_frame(char* frame, std::size_t message_size, bool gzipped) noexcept;

/// Takes the one message of a reply's body out of its frame, of at most `limit` bytes once it is
/// unpacked. Some servers pack their answer as the question was packed, whatever the client
/// accepts.
wire::Unpacked read_grpc_frame(std::string_view body, std::size_t limit, std::string& message);

}  // namespace weft::inline v0::otlp
