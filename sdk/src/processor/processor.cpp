// SPDX-License-Identifier: Apache-2.0
#include <weft/processor.hpp>

namespace weft::inline v0 {

SpanProcessor::~SpanProcessor() = default;

void SpanProcessor::on_start(Span&, const Context&) {}

void SpanProcessor::on_ending(Span&) {}

void SpanProcessor::on_end(const SpanView&) {}

bool SpanProcessor::force_flush(Deadline) { return true; }

bool SpanProcessor::shutdown(Deadline) { return true; }

}  // namespace weft::inline v0
