// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "remote_sampling/strategy.hpp"
#include "wire/http_settings.hpp"
#include "wire/reply.hpp"

namespace weft::inline v0::remote_sampling {

/// An answer is at most so large, packed or not.
inline constexpr std::size_t kLargestAnswer = std::size_t{4} << 20U;

/// Who is asked for the strategy of one service, how, and what the replies mean. Where there is
/// none, `why` says the reason.
struct Service {
  wire::HttpSettings settings{};
  std::string question{};  // the request's body
  std::optional<std::string> (*answer_in)(const wire::Reply& reply, std::string& why) = nullptr;
  std::optional<StrategyNumbers> (*read)(std::string_view answer, std::string& why) = nullptr;
};

/// `settings` lead to the server, by its URL with a path.
Service http_service(wire::HttpSettings settings, std::string_view service_name);
/// jaeger.api_v2.SamplingManager/GetSamplingStrategy; the URL has the path of `name_grpc_call`.
Service grpc_service(wire::HttpSettings settings, std::string_view service_name);
void name_grpc_call(wire::Endpoint& endpoint);

/// Why there is no whole reply; "" where there is one.
std::string failure_of(const wire::Reply& reply);

}  // namespace weft::inline v0::remote_sampling
