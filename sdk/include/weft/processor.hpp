// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/context.hpp>
#include <weft/exporter.hpp>
#include <weft/span.hpp>
#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Sees recorded spans, also those that are recorded only, as they start and end: on the
/// application's own threads, several at once: keep it short. Several are called in the order of
/// `Options::processors`. User-written ones derive from this; what they throw is caught and counted
/// (`Stats::user_exceptions`). Spans that one starts or ends itself are processed too.
/// OpenTelemetry Tracing SDK, Span Processor.
class WEFT_API SpanProcessor {
 public:
  virtual ~SpanProcessor();
  /// `span` may be written to and read (`span.data()`), during the call; `parent` is the whole
  /// context in which it starts.
  virtual void on_start(Span& span, const Context& parent);
  /// Just before the end; `span` may still be written to and read.
  virtual void on_ending(Span& span);
  /// It has ended: readable, during the call.
  virtual void on_end(const SpanView& span);
  /// True when all that it holds back was dealt with before the deadline. On the thread that calls
  /// `Telemetry::force_flush`, which waits for it.
  virtual bool force_flush(Deadline deadline);
  /// Called once, on another thread than `Telemetry::shutdown`; nothing follows. False, as an
  /// exception: `Telemetry::shutdown` has failed. `deadline` is this one's share of the time; one
  /// that has not returned a second after it may be left behind.
  virtual bool shutdown(Deadline deadline);
};
using ProcessorPtr = std::shared_ptr<SpanProcessor>;

}  // namespace weft::inline v0
