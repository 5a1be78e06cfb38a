// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "wire/reply.hpp"

namespace weft::inline v0::delivery {

/// The status is one of success: 2xx.
bool is_success(const wire::Reply& reply) noexcept;

/// What a reply that is no success means over HTTP: again for 429, 502, 503 and 504 (not before
/// `Retry-After`) and where no answer came, else refused. `detail` is what the body says. OTLP
/// specification, "Failures" and "OTLP/HTTP Throttling".
Verdict judge_failure(const wire::Reply& reply, const std::string& detail,
                      std::chrono::system_clock::time_point now);

}  // namespace weft::inline v0::delivery
