// SPDX-License-Identifier: Apache-2.0
#include "tracer/core.hpp"

#include <algorithm>
#include <filesystem>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "context/profiler_view.hpp"
#include "platform/awaited_callback.hpp"
#include "platform/clock.hpp"
#include "platform/error_reporter.hpp"
#include "platform/held_reports.hpp"
#include "platform/process_context.hpp"
#include "platform/user_exception.hpp"
#include "processor/filter_processor.hpp"
#include "processor/pipeline.hpp"
#include "processor/processor_access.hpp"
#include "span/sampling_threshold.hpp"
#include "span/spool_file.hpp"
#include "tracer/builtin_samplers.hpp"
#include "tracer/last_calls.hpp"
#include "tracer/resource_fields.hpp"
#include "tracer/stats_reporter.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::inline v0::detail {

constinit std::atomic<TelemetryCore*> TelemetryCore::active_{nullptr};
constinit std::atomic<TelemetryCore*> TelemetryCore::kept_{nullptr};

namespace {

// Open spans have a bound of their own, far above what a service holds open: the queue's bound is
// on ended ones. Address space alone, until it is used.
constexpr std::size_t kOpenRecords = 65536;

PoolLimits pool_limits(const Configuration& configuration) noexcept {
  return {.records = configuration.batch.max_queue_size + kOpenRecords,
          .bytes = configuration.batch.max_queue_bytes,
          .span = configuration.limits};
}

// None: no tail decision.
std::optional<TailPolicy> tail_policy(const SamplerPlan& sampler) {
  if (sampler.keeps() == nullptr) return std::nullopt;
  const KeepOptions& options = sampler.keeps()->options();
  return TailPolicy{
      .slow_after = options.slow_after,
      .threshold = options.ratio >= kLeastRatio ? threshold_of(options.ratio) : kRejectAll,
      .max_traces = options.max_traces,
      .max_bytes = options.max_bytes,
      .max_wait = options.max_wait,
  };
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
  return {now.started - before.started,
          now.queue_full - before.queue_full,
          now.not_kept - before.not_kept,
          now.exported - before.exported,
          now.misused - before.misused,
          now.not_recorded - before.not_recorded,
          now.user_exceptions - before.user_exceptions,
          now.recorded_only - before.recorded_only};
}

}  // namespace

TelemetryCore::TelemetryCore(Configuration configuration)
    : configuration_(std::move(configuration)),
      sampler_(configuration_.sampler),
      keeps_by_tail_(sampler_.keeps() != nullptr),
      configures_tracers_(static_cast<bool>(configuration_.tracer_configurator)) {
  if (configuration_.id_generator != nullptr || configures_tracers_) sampler_.go_the_long_way();
}

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
      core->filters_.push_back(dynamic_cast<const FilterProcessor*>(processor.get()));
    }
  }
  core->has_processors_ = !core->processors_.empty();
  core->pipeline_ = Pipeline::create(core->configuration_.batch, std::move(exporters), *core->pool_,
                                     tail_policy(core->sampler_));
  if (!spool.empty()) core->pipeline_->recover(spool, core->configuration_.overflow);
  core->before_ = read_accounts();
  // Once: a forked child begins anew with the same configuration.
  core->before_.user_exceptions -= std::exchange(core->configuration_.user_exceptions, 0);
  try {
    core->configuration_.sampler->on_init(core->configuration_.resource);
  } catch (...) {
    count_user_exception("Sampler::on_init threw");
  }
  core->show_to_profilers();
  active_.store(core.get(), std::memory_order_release);
  active_dropped_cases.store(core->sampler_.dropped_cases(), std::memory_order_relaxed);
  core->report_stats(core);
  return core;
}

void TelemetryCore::report_stats(const std::shared_ptr<TelemetryCore>& self) {
  if (!StatsReporter::is_wanted(configuration_.stats)) return;
  try {
    stats_reporter_ = std::make_shared<StatsReporter>(
        configuration_.stats, configuration_.resource, [weak = std::weak_ptr(self)] {
          const std::shared_ptr<TelemetryCore> core = weak.lock();
          return core != nullptr ? core->figures() : Figures();
        });
    if (!configuration_.batch.worker.none) stats_reporter_->start(configuration_.batch.worker);
  } catch (const std::bad_alloc&) {  // spans are recorded already
    stats_reporter_.reset();
    error_reporter().report(ErrorCode::resource_exhausted,
                            "there is no memory to report figures: Options::stats has no effect");
  }
}

void TelemetryCore::show_to_profilers() const {
  set_profiler_view(configuration_.profiler_view);
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
      count_user_exception("SpanProcessor::force_flush threw");
      whole = false;
    }
  }
  const FlushResult flushed = pipeline_->force_flush(deadline);
  return flushed && !whole ? FlushResult(FlushResult::failed) : flushed;
}

FlushResult TelemetryCore::shutdown(Deadline deadline) {
  if (stopped_.exchange(true, std::memory_order_acq_rel)) return wait_for_first(deadline);
  ender_.store(std::this_thread::get_id());
  struct Over {
    std::atomic<bool>& flag;
    ~Over() { flag.store(true, std::memory_order_release); }
  } const over{is_over_};
  return first_result_ = end(deadline);
}

FlushResult TelemetryCore::end(Deadline deadline) {
  HeldReports held;  // nothing of the user's may hold up what is to be done
  if (stats_reporter_ != nullptr) stats_reporter_->stop();
  active_dropped_cases.store(0, std::memory_order_relaxed);
  active_.store(nullptr, std::memory_order_seq_cst);
  fence_all_threads();  // who is inside a ReadSection is visibly so; who comes finds none
  const ThreadData* self = this_thread_data;
  const bool is_inside = self != nullptr && self->inside.load(std::memory_order_relaxed) != 0;
  const LastCalls calls(configuration_.batch.worker, is_inside);
  FlushResult flushed = FlushResult::failed;
  const bool is_held = !end_pipeline(deadline, calls, flushed);
  if (is_held) keep();
  RecordPool::retire();
  const bool is_read = is_held || pipeline_->has_left_records_behind();
  if (is_read) RecordPool::abandon();
  Stats last = account();
  settle_open_spans(last, is_read);
  final_stats_ = std::move(last);
  frozen_.store(true, std::memory_order_release);
  tell_of_losses();
  tell(held, deadline, calls);
  report_last_stats(deadline, calls);
  return flushed;
}

void TelemetryCore::report_last_stats(Deadline deadline, const LastCalls& calls) const noexcept {
  if (stats_reporter_ == nullptr) return;
  try {
    stats_reporter_->report_last({final_stats_, recorded_only()}, deadline, calls);
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted, [&] {
      return std::string("the last figures could not be told: ") + exception.what();
    });
  }
}

void TelemetryCore::tell(HeldReports& held, Deadline deadline, const LastCalls& calls) const {
  HeldReports::Reports reports = held.take();
  if (reports.empty()) return;
  if (!error_reporter().has_handler()) return HeldReports::tell(reports);
  calls.make(LastCalls::by(deadline), [reports = std::move(reports)] {
    HeldReports::tell(reports);
    return true;
  });
}

// True when no thread is inside any more. One that is stuck in a user's callback gets a part of the
// time alone: what has ended is still sent.
bool TelemetryCore::end_pipeline(Deadline deadline, const LastCalls& calls, FlushResult& flushed) {
  const Deadline now = std::chrono::steady_clock::now();
  bool quiet = wait_for_readers(now + (deadline - now) / 4);
  flushed = pipeline_->shutdown(deadline);
  flushed = worse(flushed, shut_processors_down(deadline, calls));
  quiet = quiet || wait_for_readers(deadline);
  const ThreadData* self = this_thread_data;  // which may be inside a callback too
  return quiet && (self == nullptr || self->inside.load(std::memory_order_relaxed) == 0);
}

// Each gets its share of the time, so that one that never returns leaves some to the others.
FlushResult TelemetryCore::shut_processors_down(Deadline deadline, const LastCalls& calls) const {
  FlushResult result = FlushResult::success;
  const Deadline last = LastCalls::by(deadline);
  auto left = static_cast<Deadline::rep>(processors_.size());
  for (const ProcessorPtr& processor : processors_) {
    const Deadline now = std::chrono::steady_clock::now();
    const Deadline until = now + (last - now) / left--;
    result = worse(result, calls.make(until, [processor, by = std::min(deadline, until)] {
      try {
        return processor->shutdown(by);
      } catch (...) {
        count_user_exception("SpanProcessor::shutdown threw");
        return false;
      }
    }));
  }
  return result;
}

// Polled: a forked child must find no lock taken.
FlushResult TelemetryCore::wait_for_first(Deadline deadline) const noexcept {
  if (is_awaited_here()) return FlushResult::success;
  while (!is_over()) {
    if (std::chrono::steady_clock::now() >= deadline) return FlushResult::timed_out;
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  return first_result_;
}

// Neither may wait for the other.
bool TelemetryCore::is_awaited_here() const noexcept {
  if (is_over()) return false;
  const ThreadData* self = this_thread_data;
  const bool is_inside =
      self != nullptr && (self->inside.load(std::memory_order_relaxed) != 0 || self->is_reporting);
  return is_inside || AwaitedCallback::is_inside() || ender_.load() == std::this_thread::get_id();
}

void TelemetryCore::keep() noexcept {
  itself_ = weak_from_this().lock();
  next_kept_ = kept_.load(std::memory_order_relaxed);
  while (!kept_.compare_exchange_weak(next_kept_, this, std::memory_order_release)) {
  }
}

void TelemetryCore::tell_of_losses() const noexcept {
  Drops lost = final_stats_.dropped;
  lost.not_kept = 0;  // as was asked for
  if (lost.total() == 0) return;
  try {
    error_reporter().report_always(ErrorCode::data_dropped,
                                   std::to_string(lost.total()) + " of " +
                                       std::to_string(final_stats_.started) +
                                       " spans were not delivered: " + describe(lost));
  } catch (const std::bad_alloc&) {
    error_reporter().report_always(ErrorCode::data_dropped,
                                   "spans were not delivered; there is no memory to say how many");
  }
}

// Spans that were open: their handles are void now. In a file they stay, for a later process to
// report, as the unsent ones do.
void TelemetryCore::settle_open_spans(Stats& stats, bool is_read) noexcept {
  if (!pool_->is_spooled()) return drop_open_spans(stats, is_read);
  const PoolRemains remains = pool_->close_file(is_read);
  const std::uint64_t unwanted = std::min(remains.record_only, stats.live);
  stats.dropped.shutdown += unwanted;
  stats.spooled += stats.live - unwanted;
  stats.live = 0;
  const std::uint64_t lost = std::min(remains.lost, stats.spooled);
  stats.dropped.disk += lost;
  stats.spooled -= lost;
  last_audit_.spooled = remains.kept + pipeline_->count_spilled();
}

// By the records, not by the difference: what the account has lost stays `live`, what the records
// have beyond it is in the audit. Where a thread is still inside, or reads, they tell nothing yet.
void TelemetryCore::drop_open_spans(Stats& stats, bool is_read) noexcept {
  std::uint64_t found = stats.live;
  if (!is_read) {
    Audit left;
    pool_->count(left.open, left.ended);
    found = left.open + left.ended;
  }
  const std::uint64_t lost = std::min(found, stats.live);
  stats.dropped.shutdown += lost;
  stats.live -= lost;
  last_audit_.live = found - lost;
}

// Threads other than this one.
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

std::size_t TelemetryCore::run_once(Deadline deadline) {
  const std::size_t sent = pipeline_->run_once(deadline);
  if (configuration_.batch.worker.none && stats_reporter_ != nullptr) {
    stats_reporter_->report_if_due();
  }
  return sent;
}

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
  stats.not_recorded = threads.not_recorded;
  stats.user_exceptions = threads.user_exceptions;
  stats.started = threads.started;
  stats.live = stats.started - stats.exported - stats.dropped.total() - stats.spooled;
  return stats;
}

Stats TelemetryCore::stats() const {
  if (!frozen_.load(std::memory_order_acquire)) return account();
  Stats stats = final_stats_;
  const AccountTotals threads = since(read_accounts(), before_);
  stats.misused = threads.misused;
  stats.user_exceptions = threads.user_exceptions;
  return stats;
}

std::uint64_t TelemetryCore::recorded_only() const {
  return since(read_accounts(), before_).recorded_only;
}

// A start is in `started` first: in this order the part is no more than the whole.
Figures TelemetryCore::figures() const {
  const std::uint64_t part = recorded_only();
  return {stats(), part};
}

Audit TelemetryCore::audit() const {
  if (frozen_.load(std::memory_order_acquire)) return last_audit_;
  Audit audit;
  pool_->count(audit.open, audit.ended);
  audit.live = audit.open + audit.ended;
  audit.spooled = pipeline_->count_spilled();
  return audit;
}

}  // namespace weft::inline v0::detail
