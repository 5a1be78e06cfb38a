// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_view.hpp>
#include <weft/version.hpp>

#include "codec/json_writer.hpp"

namespace weft::inline v0::zipkin {

/// One span as an object of Zipkin's JSON, version 2. OpenTelemetry to Zipkin Transformation; what
/// it leaves open: the resource's attributes are tags, where the span's own of the same key win.
void write_span(codec::JsonWriter& json, const SpanData& span);

}  // namespace weft::inline v0::zipkin
