// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/in_memory.hpp>

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <weft/telemetry.hpp>

namespace weft::inline v0::exporters {

/// What one process has been given. A forked child leaves its parent's alone: its lock may be held
/// by a thread that the child does not have.
struct InMemoryExporter::Store {
  const pid_t process = ::getpid();
  std::mutex mutex{};
  std::condition_variable arrived{};
  std::vector<SpanData> spans{};
};

InMemoryExporter::InMemoryExporter() : store_(new Store) {}

InMemoryExporter::~InMemoryExporter() {
  const Store* store = store_.load(std::memory_order_acquire);
  if (store->process == ::getpid()) delete store;
}

InMemoryExporter::Store& InMemoryExporter::store() const {
  Store* current = store_.load(std::memory_order_acquire);
  if (current->process == ::getpid()) return *current;
  auto own = std::make_unique<Store>();
  if (store_.compare_exchange_strong(current, own.get(), std::memory_order_acq_rel)) {
    return *own.release();
  }
  return *current;  // another thread was first
}

std::vector<SpanData> InMemoryExporter::spans() const {
  Store& own = store();
  const std::lock_guard lock(own.mutex);
  return own.spans;
}

void InMemoryExporter::clear() {
  Store& own = store();
  const std::lock_guard lock(own.mutex);
  own.spans.clear();
}

bool InMemoryExporter::wait_for(std::size_t count, std::chrono::milliseconds timeout) const {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  constexpr milliseconds kSlice{20};
  const auto deadline = steady_clock::now() + timeout;
  milliseconds slice{0};
  while (true) {
    {
      Store& own = store();
      std::unique_lock lock(own.mutex);
      if (own.arrived.wait_for(lock, slice, [&] { return own.spans.size() >= count; })) return true;
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
  Store& own = store();
  {
    const std::lock_guard lock(own.mutex);
    own.spans.insert(own.spans.end(), std::make_move_iterator(arriving.begin()),
                     std::make_move_iterator(arriving.end()));
  }
  own.arrived.notify_all();
  return ExportResult::success;
}

std::shared_ptr<InMemoryExporter> in_memory() { return std::make_shared<InMemoryExporter>(); }

}  // namespace weft::inline v0::exporters
