// SPDX-License-Identifier: Apache-2.0
#pragma once

// One include gives everything: the SDK, and the propagators and exporters where they are linked.

#include <weft/attribute.hpp>
#include <weft/attributes.hpp>
#include <weft/baggage.hpp>
#include <weft/composable_sampler.hpp>
#include <weft/context.hpp>
#include <weft/context_var.hpp>
#include <weft/coroutine.hpp>
#include <weft/diagnostics.hpp>
#include <weft/error.hpp>
#include <weft/executor.hpp>
#include <weft/exporter.hpp>
#include <weft/id_generator.hpp>
#include <weft/ids.hpp>
#include <weft/log_fields.hpp>
#include <weft/options.hpp>
#include <weft/processor.hpp>
#include <weft/processors.hpp>
#include <weft/propagation.hpp>
#include <weft/recyclable_context_var.hpp>
#include <weft/request_context.hpp>
#include <weft/request_id.hpp>
#include <weft/request_span.hpp>
#include <weft/resource.hpp>
#include <weft/sampler.hpp>
#include <weft/span.hpp>
#include <weft/span_context.hpp>
#include <weft/span_options.hpp>
#include <weft/span_view.hpp>
#include <weft/telemetry.hpp>
#include <weft/trace_state.hpp>
#include <weft/tracer.hpp>
#include <weft/version.hpp>
#if __has_include(<weft/propagators/propagators.hpp>)
#include <weft/propagators/environment.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/propagators/server_timing.hpp>
#endif
#if __has_include(<weft/exporters/exporters.hpp>)
#include <weft/exporters/exporters.hpp>

namespace weft::inline v0 {

/// Starts the SDK: `auto telemetry = weft::init({.service_name = "checkout"});`. See
/// `weft/telemetry.hpp`; the exporters and propagators that the environment names are found in
/// weft::exporters and weft::propagators.
inline Telemetry init(Options options = {}) noexcept {
  return init(std::move(options), exporters::components());
}

}  // namespace weft::inline v0
#endif
