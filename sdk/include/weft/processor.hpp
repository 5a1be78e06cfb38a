// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/context.hpp>
#include <weft/exporter.hpp>
#include <weft/span.hpp>
#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Sees recorded spans as they start and end, on the application's own threads, at once: keep it
/// short. User-written ones derive from this; what they throw is caught and counted.
class WEFT_API SpanProcessor {
 public:
  virtual ~SpanProcessor();
  /// `span` may be written to; `parent` is the whole context in which it starts.
  virtual void on_start(Span& span, const Context& parent);
  /// Just before the end; `span` may still be written to.
  virtual void on_ending(Span& span);
  virtual void on_end(const SpanView& span);
  virtual bool force_flush(Deadline deadline);
  virtual bool shutdown(Deadline deadline);
};
using ProcessorPtr = std::shared_ptr<SpanProcessor>;

}  // namespace weft::inline v0
