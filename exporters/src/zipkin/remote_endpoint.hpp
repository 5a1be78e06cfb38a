// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_view.hpp>
#include <weft/version.hpp>

#include "codec/json_writer.hpp"

namespace weft::inline v0::zipkin {

/// The member `remoteEndpoint`: whom a client or producer called, from the attribute of the highest
/// rank. Writes nothing for other kinds and where none is known. OpenTelemetry to Zipkin
/// Transformation, "Remote endpoint".
void write_remote_endpoint(codec::JsonWriter& json, const SpanData& span);

}  // namespace weft::inline v0::zipkin
