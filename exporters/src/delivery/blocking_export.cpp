// SPDX-License-Identifier: Apache-2.0
#include "delivery/blocking_export.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace weft::inline v0::delivery {

namespace {

constexpr std::chrono::seconds kLongest{30};  // as BatchOptions::export_timeout

// The seam's handles are not const; a delivery only reads.
std::shared_ptr<const std::vector<detail::Record*>> records_of(const SpanBatch& batch) {
  auto records = std::make_shared<std::vector<detail::Record*>>();
  records->reserve(batch.size());
  for (const SpanView span : batch) {
    records->push_back(const_cast<detail::Record*>(&span.record()));
  }
  return records;
}

}  // namespace

ExportResult BlockingExport::send(const SpanBatch& batch) {
  if (closed_) return ExportResult::failure;
  if (!delivery_) delivery_ = std::make_unique<Delivery>(settings_, std::vector<Error>());
  bool complete = false;
  detail::Outcome outcome;
  delivery_->submit(detail::SharedBatch(records_of(batch)), [&](const detail::Outcome& result) {
    outcome = result;
    complete = true;
    delivery_->wake();
  });
  const Deadline until = settings_.clockwork.now() + kLongest;
  while (!complete && settings_.clockwork.now() < until) delivery_->run(until);
  if (!complete) {
    delivery_->close(until);  // completes it; a next batch begins afresh
    delivery_ = nullptr;
  }
  return outcome.given_up == 0 && complete ? ExportResult::success : ExportResult::failure;
}

void BlockingExport::close() noexcept {
  closed_ = true;
  delivery_ = nullptr;
}

}  // namespace weft::inline v0::delivery
