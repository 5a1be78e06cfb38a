// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>

#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

using Deadline = std::chrono::steady_clock::time_point;

namespace detail {
class AsyncExporter;
class SharedBatch;
}  // namespace detail

/// Finished spans on their way out; valid during the call. A range of SpanView.
class WEFT_API SpanBatch {
 public:
  class Iterator {
   public:
    using value_type = SpanView;
    using reference = SpanView;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    Iterator() noexcept = default;
    Iterator(const SpanBatch* batch, std::size_t index) noexcept : batch_(batch), index_(index) {}
    SpanView operator*() const noexcept { return (*batch_)[index_]; }
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    Iterator operator++(int) noexcept { return {batch_, index_++}; }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
      return a.index_ == b.index_;
    }

   private:
    const SpanBatch* batch_ = nullptr;
    std::size_t index_ = 0;
  };

  explicit SpanBatch(std::span<detail::Record* const> records) noexcept : records_(records) {}
  std::size_t size() const noexcept { return records_.size(); }
  bool empty() const noexcept { return records_.empty(); }
  SpanView operator[](std::size_t index) const noexcept;
  Iterator begin() const noexcept { return {this, 0}; }
  Iterator end() const noexcept { return {this, size()}; }

 private:
  std::span<detail::Record* const> records_;
};

enum class ExportResult : std::uint8_t { success, failure };

/// Takes finished spans somewhere. User-written ones derive from this: `export_spans` is called by
/// one thread at a time, never under a lock of ours; failure drops the batch (counted as
/// `retry_exhausted`: what can be tried again is the exporter's to try). What it throws is caught
/// and counted. It may block: other exporters and the application go on, and shutdown leaves it
/// behind when its deadline comes.
class WEFT_API SpanExporter {
 public:
  virtual ~SpanExporter();
  virtual ExportResult export_spans(const SpanBatch& batch) = 0;
  /// Sends what it holds back; true when all is sent before the deadline.
  virtual bool force_flush(Deadline deadline);
  /// Called once; no export follows.
  virtual bool shutdown(Deadline deadline);
  /// The asynchronous face of an exporter of this library; null for user-written ones.
  virtual std::shared_ptr<detail::AsyncExporter> async_exporter();
};
using ExporterPtr = std::shared_ptr<SpanExporter>;

}  // namespace weft::inline v0
