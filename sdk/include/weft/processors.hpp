// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/processor.hpp>
#include <weft/version.hpp>

/// The processors of this library, for those who assemble by hand; `Options::exporters` needs none
/// of them. Each takes its exporter by shared ownership; a null one makes a processor that does
/// nothing. Give one exporter to one processor.
namespace weft::inline v0::processors {

/// Exports each sampled span at its end, on the thread that ended it, one call at a time: for tests
/// and short tools. The application waits for the exporter. Its spans are not in
/// `Stats::exporters`; without any other exporter a failed export is `Drops::retry_exhausted`.
WEFT_API ProcessorPtr simple(ExporterPtr exporter);

/// Makes the exporter one more of those that `init` drives from its queue, as if it stood in
/// `Options::exporters`: with its own thread, retries and account. `init` takes the first such
/// options that differ from the default where `Options::batch` is left at its default. Outside
/// `init` it does nothing.
WEFT_API ProcessorPtr batch(ExporterPtr exporter, BatchOptions options = {});

/// Puts the baggage of the context in which a span starts onto the span, as text attributes under
/// the same keys; where `wants` is given, only keys for which it is true. What baggage carries may
/// come from outside: choose the keys.
WEFT_API ProcessorPtr baggage(std::function<bool(std::string_view key)> wants = {});

/// Lets go of ended spans for which `keeps` is false: processors after it in `Options::processors`
/// and exporters do not see them, `Drops::not_kept` counts them. When `keeps` throws, the span is
/// kept, the exception counted. Called on the thread that ends the span. Outside `init` it does
/// nothing.
WEFT_API ProcessorPtr filter(std::function<bool(const SpanView&)> keeps);

}  // namespace weft::inline v0::processors
