// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "delivery/blocking_export.hpp"
#include "delivery/delivery.hpp"

namespace weft::inline v0::delivery {

/// A delivery as the public face knows it. The worker uses the asynchronous one. A user's exporter
/// that wraps this one calls `export_spans`, which waits for the answer on a delivery of its own.
class DeliveryExporter final : public SpanExporter {
 public:
  DeliveryExporter(DeliverySettings settings, std::vector<Error> problems);

  ExportResult export_spans(const SpanBatch& batch) override { return blocking_.send(batch); }
  bool shutdown(Deadline deadline) override;
  std::shared_ptr<detail::AsyncExporter> async_exporter() override { return delivery_; }

 private:
  BlockingExport blocking_;
  std::shared_ptr<Delivery> delivery_;
};

}  // namespace weft::inline v0::delivery
