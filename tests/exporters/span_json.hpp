// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/span_view.hpp>

namespace weft::testing {

/// One JSON array of spans on standard output. Values are [type, value]; numbers of 64 bits and
/// bytes are text, doubles are the 16 hex digits of their bits.
void print_json(const std::vector<SpanData>& spans);

}  // namespace weft::testing
