// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include <weft/version.hpp>

namespace weft::inline v0::delivery {

/// The clocks and the chance that a delivery goes by: what a test replaces to make hours pass.
struct Clockwork {
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  std::function<std::chrono::system_clock::time_point()> wall_time = std::chrono::system_clock::now;
  std::function<double()> chance{};  // in [0, 1); empty: pseudo-random
};

}  // namespace weft::inline v0::delivery
