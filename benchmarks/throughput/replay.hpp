// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "sink.hpp"

namespace throughput {

/// Sends the samples to the sink, in order, again and again over two connections, for so long: what
/// the machine can carry when nobody has to make the bytes. The number of spans in requests that
/// were answered.
std::uint64_t replay(int port, const Samples& samples, std::chrono::seconds time);

}  // namespace throughput
