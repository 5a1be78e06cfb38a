// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <weft/version.hpp>

namespace weft::inline v0::delivery {

inline std::string spans(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " span" : " spans");
}

/// "350 ms", "1.5 s", "300 s".
inline std::string duration(std::chrono::nanoseconds time) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  if (milliseconds < 1000) return std::to_string(milliseconds) + " ms";
  const auto tenths = milliseconds / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths < 100 && tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " s";
}

}  // namespace weft::inline v0::delivery
