// SPDX-License-Identifier: Apache-2.0
#include <weft/processors.hpp>

#include <memory>
#include <mutex>
#include <utility>

#include "platform/error_reporter.hpp"
#include "processor/processor_access.hpp"
#include "span/record.hpp"

namespace weft::inline v0 {

namespace {

constexpr std::uint8_t kSampled = 1;  // of the trace flags

class SimpleProcessor final : public SpanProcessor {
 public:
  explicit SimpleProcessor(ExporterPtr exporter) : exporter_(std::move(exporter)) {}

  void on_end(const SpanView& span) override {
    if ((span.record().trace_flags & kSampled) == 0) return;
    // The exporter reads it, as it reads those of a queue; the type is what a batch is made of.
    detail::Record* const records[] = {const_cast<detail::Record*>(&span.record())};
    const std::lock_guard lock(mutex_);
    if (exporter_ == nullptr || is_shut_down_) return;
    if (exporter_->export_spans(SpanBatch(records)) == ExportResult::failure) {
      detail::error_reporter().report(ErrorCode::export_failed,
                                      "the exporter of processors::simple failed; 1 span was lost");
    }
  }

  bool force_flush(Deadline deadline) override {
    const std::lock_guard lock(mutex_);
    return exporter_ == nullptr || is_shut_down_ || exporter_->force_flush(deadline);
  }

  bool shutdown(Deadline deadline) override {
    const std::lock_guard lock(mutex_);
    if (exporter_ == nullptr || std::exchange(is_shut_down_, true)) return true;
    return exporter_->shutdown(deadline);
  }

  const ExporterPtr& exporter() const noexcept { return exporter_; }

 private:
  const ExporterPtr exporter_;
  std::mutex mutex_;  // one call at a time
  bool is_shut_down_ = false;
};

}  // namespace

ExporterPtr detail::simple_exporter_of(const SpanProcessor& processor) noexcept {
  const auto* simple = dynamic_cast<const SimpleProcessor*>(&processor);
  return simple != nullptr ? simple->exporter() : nullptr;
}

ProcessorPtr processors::simple(ExporterPtr exporter) {
  if (exporter == nullptr) {
    detail::error_reporter().refuse(
        "processors::simple(exporter): exporter is null; it does nothing");
  }
  return std::make_shared<SimpleProcessor>(std::move(exporter));
}

}  // namespace weft::inline v0
