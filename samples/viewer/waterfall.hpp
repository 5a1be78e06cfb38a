// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "trace_store.hpp"

namespace viewer {

struct Style {
  std::size_t width = 100;  ///< columns
  bool colour = false;
  bool ascii = false;  ///< no box drawing
};

/// The trace as a picture: a line for each span, children under their parent in the order in which
/// they began, with service, name, offset, duration and a bar; what failed is marked and says why.
std::string draw_waterfall(const Trace& trace, const Style& style);

}  // namespace viewer
