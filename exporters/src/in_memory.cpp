// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/in_memory.hpp>

#include <algorithm>
#include <utility>

#include <weft/telemetry.hpp>

namespace weft::inline v0::exporters {

InMemoryExporter::~InMemoryExporter() = default;

std::vector<SpanData> InMemoryExporter::spans() const {
  const std::lock_guard lock(mutex_);
  return spans_;
}

void InMemoryExporter::clear() {
  const std::lock_guard lock(mutex_);
  spans_.clear();
}

bool InMemoryExporter::wait_for(std::size_t count, std::chrono::milliseconds timeout) const {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  constexpr milliseconds kSlice{20};
  const auto deadline = steady_clock::now() + timeout;
  milliseconds slice{0};
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (arrived_.wait_for(lock, slice, [&] { return spans_.size() >= count; })) return true;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds{0}) return false;
    slice = std::min(left, kSlice);
    // A little at a time: another exporter of the program may never be done, and ours then is.
    active_telemetry().force_flush(slice);
  }
}

ExportResult InMemoryExporter::export_spans(const SpanBatch& batch) {
  std::vector<SpanData> arriving;
  arriving.reserve(batch.size());
  for (const SpanView span : batch) arriving.push_back(span.data());
  {
    const std::lock_guard lock(mutex_);
    spans_.insert(spans_.end(), std::make_move_iterator(arriving.begin()),
                  std::make_move_iterator(arriving.end()));
  }
  arrived_.notify_all();
  return ExportResult::success;
}

std::shared_ptr<InMemoryExporter> in_memory() { return std::make_shared<InMemoryExporter>(); }

}  // namespace weft::inline v0::exporters
