// SPDX-License-Identifier: Apache-2.0
#include "tracer/core.hpp"

#include <algorithm>
#include <filesystem>
#include <new>
#include <string>
#include <thread>

#include "context/profiler_view.hpp"
#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "platform/process_context.hpp"
#include "processor/pipeline.hpp"
#include "processor/processor_access.hpp"
#include "span/spool_file.hpp"
#include "tracer/resource_fields.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::inline v0::detail {

constinit std::atomic<TelemetryCore*> TelemetryCore::active_{nullptr};

namespace {

// Open spans have a bound of their own, far above what a service holds open: the queue's bound is
// on ended ones. Address space alone, until it is used.
constexpr std::size_t kOpenRecords = 65536;

PoolLimits pool_limits(const Configuration& configuration) noexcept {
  return {.records = configuration.batch.max_queue_size + kOpenRecords,
          .bytes = configuration.batch.max_queue_bytes,
          .span = configuration.limits};
}

// Null, and reported, when the folder cannot be used: spans go without it.
std::unique_ptr<SpoolFile> make_spool_file(const std::filesystem::path& folder) {
  if (folder.empty()) return nullptr;
  std::string why;
  std::unique_ptr<SpoolFile> file = SpoolFile::create(folder, why);
  if (file == nullptr) {
    error_reporter().report(
        ErrorCode::invalid_option,
        "spool_dir=\"" + folder.string() + "\" cannot be used (" + why +
            "): spans are kept in memory alone. Fix: a folder that this process "
            "may write to");
  }
  return file;
}

AccountTotals since(const AccountTotals& now, const AccountTotals& before) noexcept {
  return {now.started - before.started, now.queue_full - before.queue_full,
          now.not_kept - before.not_kept, now.exported - before.exported,
          now.misused - before.misused};
}

}  // namespace

TelemetryCore::TelemetryCore(Configuration configuration)
    : configuration_(std::move(configuration)),
      sampler_(configuration_.sampler),
      asks_user_(configuration_.id_generator != nullptr || sampler_.may_ask()) {}

std::shared_ptr<TelemetryCore> TelemetryCore::start(Configuration configuration) {
  std::shared_ptr<TelemetryCore> core(new TelemetryCore(std::move(configuration)));
  const std::filesystem::path& spool = core->configuration_.spool_dir;
  core->pool_ = RecordPool::open(pool_limits(core->configuration_), make_spool_file(spool));
  if (core->pool_ == nullptr) {
    error_reporter().report(ErrorCode::resource_exhausted,
                            "no address space for the span records: spans are not recorded");
    return nullptr;
  }
  core->resource_ = core->pool_->add_resource(encode_resource(core->configuration_.resource));
  std::vector<ExporterPtr> exporters = core->configuration_.exporters;
  for (const ProcessorPtr& processor : core->configuration_.processors) {
    if (ExporterPtr exporter = exporter_of(*processor)) {
      exporters.push_back(std::move(exporter));
    } else {
      core->processors_.push_back(processor);
    }
  }
  core->has_processors_ = !core->processors_.empty();
  core->pipeline_ =
      Pipeline::create(core->configuration_.batch, std::move(exporters), *core->pool_);
  if (!spool.empty()) core->pipeline_->recover(spool);
  core->before_ = read_accounts();
  core->show_to_profilers();
  active_.store(core.get(), std::memory_order_release);
  return core;
}

void TelemetryCore::show_to_profilers() const {
  profiler_view_is_on.store(configuration_.profiler_view, std::memory_order_relaxed);
  if (!configuration_.profiler_view) return withdraw_process_context();
  publish_process_context(encode_process_context(configuration_.resource));
}

FlushResult TelemetryCore::force_flush(Deadline deadline) {
  if (stopped_.load(std::memory_order_acquire)) {
    // In a forked child that has ended no span yet there is nothing to send.
    return this == inherited() ? FlushResult::success : FlushResult::failed;
  }
  bool whole = true;
  for (const ProcessorPtr& processor : processors_) {
    try {
      whole = processor->force_flush(deadline) && whole;
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback, "SpanProcessor::force_flush threw");
      whole = false;
    }
  }
  const FlushResult flushed = pipeline_->force_flush(deadline);
  return flushed && !whole ? FlushResult(FlushResult::failed) : flushed;
}

FlushResult TelemetryCore::shutdown(Deadline deadline) {
  if (stopped_.exchange(true, std::memory_order_acq_rel)) return FlushResult::success;
  active_.store(nullptr, std::memory_order_seq_cst);
  fence_all_threads();  // who is inside a ReadSection is visibly so; who comes finds none
  const bool quiet = wait_for_readers(deadline);
  const FlushResult flushed = pipeline_->shutdown(deadline);
  for (const ProcessorPtr& processor : processors_) {
    try {
      processor->shutdown(deadline);
    } catch (...) {
      error_reporter().report(ErrorCode::user_callback, "SpanProcessor::shutdown threw");
    }
  }
  RecordPool::retire();
  const bool is_read = pipeline_->has_left_records_behind();
  if (is_read) RecordPool::abandon();
  Stats last = account();
  settle_open_spans(last, is_read);
  final_stats_ = std::move(last);
  frozen_.store(true, std::memory_order_release);
  if (!quiet) {
    // A thread is still inside a user's callback: what it may use stays for the process's life.
    new std::shared_ptr<Pipeline>(pipeline_);
    new std::vector<ProcessorPtr>(processors_);
    new SamplerPtr(configuration_.sampler);
  }
  if (const std::uint64_t lost = final_stats_.dropped.total(); lost != 0) {
    error_reporter().report(ErrorCode::data_dropped,
                            std::to_string(lost) + " of " + std::to_string(final_stats_.started) +
                                " spans were not delivered: " + describe(final_stats_.dropped));
  }
  return flushed;
}

// Spans that were open: their handles are void now. In a file they stay, for a later process to
// report, as the unsent ones do.
void TelemetryCore::settle_open_spans(Stats& stats, bool is_read) noexcept {
  if (!pool_->is_spooled()) {
    stats.dropped.shutdown += stats.live;
    stats.live = 0;
    return;
  }
  stats.spooled += stats.live;
  stats.live = 0;
  const PoolRemains remains = pool_->close_file(is_read);
  const std::uint64_t lost = std::min(remains.lost, stats.spooled);
  stats.dropped.disk += lost;
  stats.spooled -= lost;
  spooled_ = remains.kept + pipeline_->count_spilled();
}

// Threads other than this one (which may itself be inside a processor's callback).
bool TelemetryCore::wait_for_readers(Deadline deadline) const noexcept {
  const ThreadData* self = this_thread_data;
  for (;;) {
    bool quiet = true;
    for_each_thread([&](const ThreadData& thread) {
      if (&thread != self && thread.inside.load(std::memory_order_acquire) != 0) quiet = false;
    });
    if (quiet) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

std::size_t TelemetryCore::run_once(Deadline deadline) { return pipeline_->run_once(deadline); }

void TelemetryCore::request_flush_from_signal() noexcept { pipeline_->request_flush_from_signal(); }

Stats TelemetryCore::account() const {
  Stats stats;
  // What ends a span's way is read first, so that nothing ends that has not begun.
  pipeline_->fill(stats);
  const AccountTotals threads = since(read_accounts(), before_);
  stats.exported += threads.exported;
  stats.dropped.queue_full += threads.queue_full;
  stats.dropped.not_kept += threads.not_kept;
  stats.misused = threads.misused;
  stats.started = threads.started;
  stats.live = stats.started - stats.exported - stats.dropped.total() - stats.spooled;
  return stats;
}

Stats TelemetryCore::stats() const {
  if (!frozen_.load(std::memory_order_acquire)) return account();
  Stats stats = final_stats_;
  stats.misused = read_accounts().misused - before_.misused;
  return stats;
}

Audit TelemetryCore::audit() const {
  Audit audit;
  if (frozen_.load(std::memory_order_acquire)) {
    audit.spooled = spooled_;
    return audit;
  }
  pool_->count(audit.open, audit.ended);
  audit.live = audit.open + audit.ended;
  return audit;
}

}  // namespace weft::inline v0::detail
