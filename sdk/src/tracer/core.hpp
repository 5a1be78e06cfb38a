// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <weft/diagnostics.hpp>
#include <weft/options.hpp>
#include <weft/telemetry.hpp>
#include <weft/tracer.hpp>

#include "platform/asymmetric_fence.hpp"
#include "platform/thread_data.hpp"
#include "span/record_pool.hpp"
#include "tracer/configuration.hpp"
#include "tracer/sampler_plan.hpp"

namespace weft::inline v0::detail {

class FilterProcessor;
class HeldReports;
class LastCalls;
class Pipeline;
struct Figures;
class StatsReporter;

/// What one `init` made: everything that a span needs on its way, immutable once active. Spans
/// reach it through `ReadSection`; `shutdown` waits until none is inside.
class TelemetryCore : public std::enable_shared_from_this<TelemetryCore> {
 public:
  /// Null when the pool cannot be had; reported.
  static std::shared_ptr<TelemetryCore> start(Configuration configuration);
  TelemetryCore(const TelemetryCore&) = delete;
  TelemetryCore& operator=(const TelemetryCore&) = delete;

  /// The one that is active, for a caller inside a ReadSection.
  static TelemetryCore* active() noexcept { return active_.load(std::memory_order_acquire); }

  const SamplerPlan& sampler() const noexcept { return sampler_; }
  IdGenerator* id_generator() const noexcept { return configuration_.id_generator.get(); }
  /// Ended spans wait for their local root's: start marks which that is.
  bool keeps_by_tail() const noexcept { return keeps_by_tail_; }
  /// Tracers may be turned off.
  bool configures_tracers() const noexcept { return configures_tracers_; }
  /// What the configurator says of a tracer; asks it.
  bool allows(const Tracer& tracer) const noexcept;
  RecordPool& pool() const noexcept { return *pool_; }
  std::uint16_t resource() const noexcept { return resource_; }
  const std::vector<ProcessorPtr>& processors() const noexcept { return processors_; }
  const FilterProcessor* filter(std::size_t index) const noexcept { return filters_[index]; }
  bool has_processors() const noexcept { return has_processors_; }
  Pipeline& pipeline() const noexcept { return *pipeline_; }
  const Configuration& configuration() const noexcept { return configuration_; }

  FlushResult force_flush(Deadline deadline);
  /// A second one waits for the first and gets its result; called from a callback that the first
  /// waits for it returns at once.
  FlushResult shutdown(Deadline deadline);
  /// A shutdown has come to its end.
  bool is_over() const noexcept { return is_over_.load(std::memory_order_acquire); }
  std::size_t run_once(Deadline deadline);
  void request_flush_from_signal() noexcept;
  Stats stats() const;
  Figures figures() const;
  Audit audit() const;

  // In the child of a fork.

  /// The active one is the parent's; here it does nothing any more.
  static void leave_to_parent() noexcept;
  /// The one that was left to the parent, until another goes on in its place; or null.
  static TelemetryCore* inherited() noexcept { return inherited_.load(std::memory_order_acquire); }
  /// Goes on with the same configuration as another instance: at the first span. Null when there is
  /// nothing to go on from, or no memory; reported.
  static TelemetryCore* go_on_in_child() noexcept;
  /// Nothing goes on any more: it was shut down, or the child made its own. Under the slot's lock.
  static void forget_inherited() noexcept { inherited_.store(nullptr, std::memory_order_release); }
  /// The one that goes on in this one's place, else itself.
  TelemetryCore& latest() noexcept;

 private:
  explicit TelemetryCore(Configuration configuration);
  void show_to_profilers() const;
  void report_stats(const std::shared_ptr<TelemetryCore>& self);
  std::uint64_t recorded_only() const;
  FlushResult end(Deadline deadline);
  bool end_pipeline(Deadline deadline, const LastCalls& calls, FlushResult& flushed);
  FlushResult shut_processors_down(Deadline deadline, const LastCalls& calls) const;
  FlushResult wait_for_first(Deadline deadline) const noexcept;
  bool is_awaited_here() const noexcept;
  void keep() noexcept;
  void report_last_stats(Deadline deadline, const LastCalls& calls) const noexcept;
  void tell_of_losses() const noexcept;
  void tell(HeldReports& held, Deadline deadline, const LastCalls& calls) const;
  bool wait_for_readers(Deadline deadline) const noexcept;
  Stats account() const;
  void settle_open_spans(Stats& stats, bool is_read) noexcept;
  void drop_open_spans(Stats& stats, bool is_read) noexcept;

  [[gnu::visibility("hidden")]] static std::atomic<TelemetryCore*> active_;
  static std::atomic<TelemetryCore*> inherited_;
  static std::atomic<TelemetryCore*> kept_;  // all that are never freed, within reach

  Configuration configuration_;
  SamplerPlan sampler_;
  bool keeps_by_tail_ = false;
  bool configures_tracers_ = false;
  bool has_processors_ = false;
  std::vector<ProcessorPtr> processors_;
  std::vector<const FilterProcessor*> filters_;  // beside processors_: null for those that are none
  RecordPool* pool_ = nullptr;
  std::uint16_t resource_ = 0;
  std::shared_ptr<Pipeline> pipeline_;
  AccountTotals before_;  // what the threads had counted when this one began
  std::atomic<bool> stopped_{false};
  std::atomic<std::thread::id> ender_{};            // the thread that shuts it down
  FlushResult first_result_ = FlushResult::failed;  // once it is over
  std::atomic<bool> is_over_{false};
  std::atomic<bool> frozen_{false};
  Stats final_stats_;                              // after shutdown
  Audit last_audit_;                               // what shutdown left, by state words
  std::shared_ptr<StatsReporter> stats_reporter_;  // null when nobody asked for reports
  std::atomic<TelemetryCore*> successor_{nullptr};
  // Never freed: in a forked child, and where a thread is inside for ever.
  std::shared_ptr<TelemetryCore> itself_;
  TelemetryCore* next_kept_ = nullptr;
};

/// A section in which the active core cannot go away. Two plain stores; may nest.
class ReadSection {
 public:
  explicit ReadSection(ThreadData& thread) noexcept
      : thread_(thread), before_(thread.inside.load(std::memory_order_relaxed)) {
    thread_.inside.store(1, std::memory_order_relaxed);
    light_fence();  // pairs with the fence in TelemetryCore::shutdown
    core_ = TelemetryCore::active();
  }
  ReadSection(const ReadSection&) = delete;
  ReadSection& operator=(const ReadSection&) = delete;
  ~ReadSection() {
    // Release: what we did with the core is done when shutdown sees us outside.
    thread_.inside.store(before_, std::memory_order_release);
  }
  TelemetryCore* core() const noexcept { return core_; }

 private:
  ThreadData& thread_;
  const std::uint32_t before_;  // not 0 in a nested one
  TelemetryCore* core_;
};

}  // namespace weft::inline v0::detail
