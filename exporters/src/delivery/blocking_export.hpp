// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

#include "delivery/delivery.hpp"

namespace weft::inline v0::delivery {

/// One batch after the other, each waiting for its answer: for who calls `SpanExporter`'s functions
/// himself. Belongs to one thread at a time.
class BlockingExport {
 public:
  explicit BlockingExport(const DeliverySettings& settings) : settings_(settings) {}

  /// Success when all of it was accepted within half a minute, retries included.
  ExportResult send(const SpanBatch& batch);
  /// Every later `send` fails.
  void close() noexcept;

 private:
  const DeliverySettings settings_;
  std::unique_ptr<Delivery> delivery_;  // made by the first batch
  bool closed_ = false;
};

}  // namespace weft::inline v0::delivery
