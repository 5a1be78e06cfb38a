// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// What one span may hold; the first are kept, what is cut is counted. OTEL_SPAN_*_LIMIT.
struct SpanLimits {
  static constexpr std::size_t kUnlimited =
      (std::numeric_limits<std::size_t>::max)();  // a macro may be called so
  std::size_t attribute_count = 128;
  std::size_t event_count = 128;
  std::size_t link_count = 128;
  std::size_t event_attribute_count = 128;
  std::size_t link_attribute_count = 128;
  std::size_t attribute_value_length = kUnlimited;  ///< characters, not bytes
  std::size_t attribute_depth = kUnlimited;         ///< nesting of arrays and maps
};

}  // namespace weft::inline v0
