// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/processor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The exporter of a processor made by `processors::batch`, to be given to the pipeline; null for
/// every other processor.
ExporterPtr exporter_of(const SpanProcessor& processor) noexcept;
/// The exporter of a processor made by `processors::simple`, which may be null; null for every
/// other processor.
ExporterPtr simple_exporter_of(const SpanProcessor& processor) noexcept;
/// The options of one made by `processors::batch`; null for every other processor.
const BatchOptions* batch_options_of(const SpanProcessor& processor) noexcept;

}  // namespace weft::inline v0::detail
