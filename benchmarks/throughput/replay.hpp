// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace throughput {

/// Sends the same request to the sink again and again over two connections, for so long: what the
/// machine can carry when nobody has to make the bytes. The number of requests that were answered.
std::uint64_t replay(int port, std::string_view request, std::chrono::seconds time);

}  // namespace throughput
