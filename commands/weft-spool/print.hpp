// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_view.hpp>

#include "weft-spool/files.hpp"

namespace weft_spool {

/// One line about a file, on stdout.
void print_entry(const Entry& entry);
/// One line about a span, and one for each attribute and event.
void print_span(const weft::SpanData& span);

}  // namespace weft_spool
