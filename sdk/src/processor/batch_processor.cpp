// SPDX-License-Identifier: Apache-2.0
#include <weft/processors.hpp>

#include <memory>
#include <utility>

#include "platform/error_reporter.hpp"
#include "processor/processor_access.hpp"

namespace weft::inline v0 {

namespace {

// A note to `init`. The queue is the process's, so there is nothing to do when a span ends.
class BatchProcessor final : public SpanProcessor {
 public:
  BatchProcessor(ExporterPtr exporter, BatchOptions options)
      : exporter_(std::move(exporter)), options_(std::move(options)) {}

  const ExporterPtr& exporter() const noexcept { return exporter_; }
  const BatchOptions& options() const noexcept { return options_; }

 private:
  const ExporterPtr exporter_;
  const BatchOptions options_;
};

}  // namespace

ExporterPtr detail::exporter_of(const SpanProcessor& processor) noexcept {
  const auto* batch = dynamic_cast<const BatchProcessor*>(&processor);
  return batch != nullptr ? batch->exporter() : nullptr;
}

const BatchOptions* detail::batch_options_of(const SpanProcessor& processor) noexcept {
  const auto* batch = dynamic_cast<const BatchProcessor*>(&processor);
  return batch != nullptr ? &batch->options() : nullptr;
}

ProcessorPtr processors::batch(ExporterPtr exporter, BatchOptions options) {
  if (exporter == nullptr) {
    detail::error_reporter().refuse(
        "processors::batch(exporter): exporter is null; it does nothing");
  }
  return std::make_shared<BatchProcessor>(std::move(exporter), std::move(options));
}

}  // namespace weft::inline v0
