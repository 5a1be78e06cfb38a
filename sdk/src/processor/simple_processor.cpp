// SPDX-License-Identifier: Apache-2.0
#include <weft/processors.hpp>

#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "platform/error_reporter.hpp"
#include "platform/fork.hpp"
#include "processor/processor_access.hpp"
#include "processor/simple_exports.hpp"
#include "span/record.hpp"

namespace weft::inline v0 {

using detail::SimpleExport;
using detail::SimpleExports;

namespace {

constexpr std::uint8_t kSampled = 1;  // of the trace flags

class SimpleProcessor final : public SpanProcessor,
                              public std::enable_shared_from_this<SimpleProcessor> {
 public:
  explicit SimpleProcessor(ExporterPtr exporter)
      : exporter_(std::move(exporter)), turns_(new Turns) {}
  SimpleProcessor(const SimpleProcessor&) = delete;
  SimpleProcessor& operator=(const SimpleProcessor&) = delete;
  ~SimpleProcessor() override {
    const Turns* const turns = turns_.load(std::memory_order_acquire);
    if (turns->is_of_this_process()) delete turns;
  }

  void on_end(const SpanView& span) override {
    if (exporter_ == nullptr || (span.record().trace_flags & kSampled) == 0) return;
    const auto self = shared_from_this();  // the Telemetry may go while the exporter is busy
    const Turn turn = wait_for_turn(std::nullopt);
    if (turn == Turn::shut_down) return SimpleExports::note(SimpleExport::shut_down);
    SimpleExports::note(SimpleExport::failed);  // unless it turns out well
    if (turn == Turn::own) {
      return report("a span that ended inside the exporter of processors::simple was not exported");
    }
    if (export_one(span) == ExportResult::success) {
      return SimpleExports::note(SimpleExport::exported);
    }
    report("the exporter of processors::simple failed; 1 span was lost");
  }

  bool force_flush(Deadline deadline) override {
    if (exporter_ == nullptr) return true;
    const auto self = shared_from_this();
    const Turn turn = wait_for_turn(deadline);
    if (turn != Turn::taken) return turn == Turn::shut_down;
    const TurnEnd end(*this);
    return exporter_->force_flush(deadline);
  }

  bool shutdown(Deadline deadline) override {
    if (exporter_ == nullptr) return true;
    const auto self = shared_from_this();
    switch (wait_for_last_turn(deadline)) {
      case Turn::shut_down:
        return true;
      case Turn::taken:
        break;
      default:
        report(
            "the exporter of processors::simple was busy until the deadline of shutdown; it is "
            "left behind and not shut down");
        return false;
    }
    const TurnEnd end(*this);
    return exporter_->shutdown(deadline);
  }

  const ExporterPtr& exporter() const noexcept { return exporter_; }

 private:
  enum class Turn : std::uint8_t {
    taken,
    own,   // this thread is inside the exporter: it would wait for itself
    late,  // the deadline
    shut_down,
  };

  // Who is inside the exporter: one at a time. The mutex is not held while a user's code runs: it
  // may come back here.
  struct Turns {
    std::mutex mutex{};
    std::condition_variable changed{};
    std::thread::id inside{};
    bool is_shut_down = false;
    const std::uint32_t generation = detail::fork_generation.load(std::memory_order_relaxed);
    bool is_of_this_process() const noexcept {
      return generation == detail::fork_generation.load(std::memory_order_relaxed);
    }
  };

  // In a forked child the parent's are left alone: a thread may be inside, or hold the mutex, that
  // is not there.
  Turns& turns() {
    Turns* turns = turns_.load(std::memory_order_acquire);
    if (turns->is_of_this_process()) return *turns;
    auto fresh = std::make_unique<Turns>();
    fresh->is_shut_down = turns->is_shut_down;
    // The exporter itself has forked, and is still inside. Of the others' ids some may be given to
    // threads of the child. An id is a handle, whose constructor is not everywhere ours to call.
    const auto forker = std::bit_cast<std::thread::id>(detail::forker.load());
    if (turns->inside == forker && !has_forker_left()) fresh->inside = forker;
    return turns_.compare_exchange_strong(turns, fresh.get()) ? *fresh.release() : *turns;
  }

  bool has_forker_left() const noexcept {
    return left_in_ == detail::fork_generation.load(std::memory_order_relaxed);
  }

  class TurnEnd {
   public:
    explicit TurnEnd(SimpleProcessor& processor) noexcept : processor_(processor) {}
    TurnEnd(const TurnEnd&) = delete;
    TurnEnd& operator=(const TurnEnd&) = delete;
    ~TurnEnd() {
      try {
        Turns& turns = processor_.turns();
        const std::lock_guard lock(turns.mutex);
        turns.inside = std::thread::id();
        turns.changed.notify_one();
      } catch (const std::bad_alloc&) {
        // In a forked child, without memory for its own turns.
        processor_.left_in_ = detail::fork_generation.load(std::memory_order_relaxed);
      }
    }

   private:
    SimpleProcessor& processor_;
  };

  Turn wait_for_turn(std::optional<Deadline> deadline) {
    Turns& turns = this->turns();
    std::unique_lock lock(turns.mutex);
    const std::thread::id self = std::this_thread::get_id();
    if (turns.inside == self) return Turn::own;
    const auto is_decided = [&] { return turns.is_shut_down || turns.inside == std::thread::id(); };
    if (!deadline) {
      turns.changed.wait(lock, is_decided);
    } else if (!turns.changed.wait_until(lock, *deadline, is_decided)) {
      return Turn::late;
    }
    if (turns.is_shut_down) return Turn::shut_down;
    turns.inside = self;
    return Turn::taken;
  }

  // Nobody gets a turn any more.
  Turn wait_for_last_turn(Deadline deadline) {
    Turns& turns = this->turns();
    std::unique_lock lock(turns.mutex);
    if (std::exchange(turns.is_shut_down, true)) return Turn::shut_down;
    turns.changed.notify_all();
    const std::thread::id self = std::this_thread::get_id();
    if (turns.inside == self) return Turn::own;
    const auto is_free = [&] { return turns.inside == std::thread::id(); };
    if (!turns.changed.wait_until(lock, deadline, is_free)) return Turn::late;
    turns.inside = self;
    return Turn::taken;
  }

  ExportResult export_one(const SpanView& span) {
    const TurnEnd end(*this);
    // The exporter reads it, as it reads those of a queue; the type is what a batch is made of.
    detail::Record* const records[] = {const_cast<detail::Record*>(&span.record())};
    return exporter_->export_spans(SpanBatch(records));
  }

  static void report(const char* what) {
    detail::error_reporter().report(ErrorCode::export_failed, what);
  }

  const ExporterPtr exporter_;
  std::atomic<Turns*> turns_;  // its own, but in a child of the fork
  // The child whose forker has come out of the exporter before it had turns.
  std::atomic<std::uint32_t> left_in_{0};
};

}  // namespace

ExporterPtr detail::simple_exporter_of(const SpanProcessor& processor) noexcept {
  const auto* simple = dynamic_cast<const SimpleProcessor*>(&processor);
  return simple != nullptr ? simple->exporter() : nullptr;
}

ProcessorPtr processors::simple(ExporterPtr exporter) {
  if (exporter == nullptr) {
    detail::error_reporter().refuse(
        "processors::simple(exporter): exporter is null; it does nothing");
  }
  return std::make_shared<SimpleProcessor>(std::move(exporter));
}

}  // namespace weft::inline v0
