// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <weft/exporter.hpp>
#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// Keeps what it is given, for tests: `auto memory = weft::exporters::in_memory();` and
/// `weft::init({.exporters = {memory}})`. It grows until `clear()`. Every call is safe from any
/// thread. In the child of a fork it begins empty.
class WEFT_API InMemoryExporter final : public SpanExporter {
 public:
  InMemoryExporter();
  ~InMemoryExporter() override;

  /// A copy of all spans that have arrived, the oldest arrival first.
  std::vector<SpanData> spans() const;
  void clear();
  /// Waits until at least `count` spans are there; false when they are not within `timeout`. It
  /// asks the running telemetry for what has ended (`force_flush`), so there is no schedule to wait
  /// for.
  bool wait_for(std::size_t count, std::chrono::milliseconds timeout) const;

  ExportResult export_spans(const SpanBatch& batch) override;

 private:
  struct Store;
  Store& store() const;
  mutable std::atomic<Store*> store_;  // of the process that looks
};

WEFT_API std::shared_ptr<InMemoryExporter> in_memory();

}  // namespace weft::inline v0::exporters

namespace weft::inline v0 {
using exporters::InMemoryExporter;
}
