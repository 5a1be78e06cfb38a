// SPDX-License-Identifier: Apache-2.0
// Telemetry::shutdown while something else goes on: another shutdown, a callback that is stuck.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

#include "platform/error_reporter.hpp"
#include "platform/thread_data.hpp"
#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "support/account.hpp"

namespace weft::testing {
namespace {

using Status = FlushResult::Status;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Tracer kTracer{"shutdown"};

// Nothing is exported before it is asked for.
Options options(ExporterPtr exporter) {
  return {.exporters = {std::move(exporter)},
          .batch = {.schedule_delay = std::chrono::hours(1)},
          .on_error = [](const Error&) {}};
}

void record(const char* name = "recorded") { auto span = kTracer.start(name); }

/// A telemetry whose shutdown is under way on another thread, and stays so until `finish`.
class ShuttingDown {
 public:
  explicit ShuttingDown(Options chosen, std::shared_ptr<RecordingExporter> exporter)
      : exporter_(std::move(exporter)), telemetry_(init(std::move(chosen))) {
    record();
    exporter_->block();
    first_ = std::async(std::launch::async, [this] { return telemetry_.shutdown(20s); });
    EXPECT_TRUE(exporter_->wait_for(1));
  }
  explicit ShuttingDown(const std::shared_ptr<RecordingExporter>& exporter)
      : ShuttingDown(options(exporter), exporter) {}
  ShuttingDown(const ShuttingDown&) = delete;
  ShuttingDown& operator=(const ShuttingDown&) = delete;
  ~ShuttingDown() { finish(); }

  Telemetry& telemetry() { return telemetry_; }
  FlushResult finish() {
    exporter_->release();
    if (first_.valid()) result_ = first_.get();
    return result_;
  }

 private:
  const std::shared_ptr<RecordingExporter> exporter_;
  Telemetry telemetry_;
  std::future<FlushResult> first_;
  FlushResult result_ = FlushResult::failed;
};

TEST(SecondShutdown, WaitsForTheFirst) {
  const auto exporter = std::make_shared<RecordingExporter>();
  ShuttingDown first(exporter);
  EXPECT_EQ(active_telemetry().shutdown(10ms).status(), Status::timed_out);
}

TEST(SecondShutdown, GetsTheResultOfTheFirst) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  ShuttingDown first(exporter);
  EXPECT_EQ(first.finish().status(), Status::failed);
  EXPECT_EQ(first.telemetry().shutdown(20s).status(), Status::failed);
}

TEST(SecondShutdown, LeavesTheErrorHandlerToTheFirst) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  std::atomic<int> told{0};
  Options chosen = options(exporter);
  chosen.on_error = [&](const Error&) { ++told; };
  ShuttingDown first(std::move(chosen), exporter);
  active_telemetry().shutdown(1ms);
  first.finish();
  EXPECT_GT(told, 0);
}

TEST(SecondShutdown, DoesNotMakeRoomForAnInitBeforeTheFirstIsOver) {
  const auto exporter = std::make_shared<RecordingExporter>();
  ShuttingDown first(exporter);
  active_telemetry().shutdown(1ms);
  const Telemetry refused = init(options(std::make_shared<RecordingExporter>()));
  EXPECT_FALSE(refused);
}

TEST(SecondShutdown, AtTheSameTimeKeepsItsDeadlineAndAnInitMayFollow) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();
  Telemetry telemetry = init(options(exporter));
  record();
  const Deadline latest = in(200ms) + 500ms;
  std::thread other([&] { telemetry.shutdown(200ms); });
  telemetry.shutdown(200ms);
  other.join();
  EXPECT_LT(steady_clock::now(), latest);
  EXPECT_TRUE(init(options(std::make_shared<RecordingExporter>())));
  exporter->release();
}

/// Calls back from where shutdown waits for it.
struct CallingBack final : SpanExporter {
  std::function<void()> at_shutdown{};
  ExportResult export_spans(const SpanBatch&) override { return ExportResult::success; }
  bool shutdown(Deadline) override {
    at_shutdown();
    return true;
  }
};

void expect_no_wait_for_itself(bool has_threads) {
  const auto exporter = std::make_shared<CallingBack>();
  exporter->at_shutdown = [] { EXPECT_TRUE(active_telemetry().shutdown(20s)); };
  Options chosen = options(exporter);
  chosen.batch.worker.none = !has_threads;
  Telemetry telemetry = init(std::move(chosen));
  record();
  const auto begin = steady_clock::now();
  EXPECT_TRUE(telemetry.shutdown(20s));
  EXPECT_LT(steady_clock::now() - begin, 10s);
}

TEST(SecondShutdown, FromAnExportersShutdownDoesNotWait) { expect_no_wait_for_itself(true); }
TEST(SecondShutdown, OnTheThreadThatEndsItDoesNotWait) { expect_no_wait_for_itself(false); }

TEST(SecondShutdown, FromAnErrorHandlerDoesNotWait) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->on_export([] { return ExportResult::failure; });
  Options chosen = options(exporter);
  chosen.on_error = [](const Error&) { active_telemetry().shutdown(20s); };
  Telemetry telemetry = init(std::move(chosen));
  record();
  const auto begin = steady_clock::now();
  telemetry.shutdown(20s);
  EXPECT_LT(steady_clock::now() - begin, 10s);
}

/// Asks for a shutdown while another one waits for it.
struct AskingToo final : SpanProcessor {
  void on_end(const SpanView&) override {
    is_inside = true;
    while (active_telemetry().force_flush(0ms).status() != Status::failed) {
      std::this_thread::yield();  // the other has not begun
    }
    active_telemetry().shutdown(20s);
  }
  std::atomic<bool> is_inside{false};
};

TEST(SecondShutdown, FromAProcessorDoesNotWait) {
  const auto asking = std::make_shared<AskingToo>();
  Options chosen = options(std::make_shared<RecordingExporter>());
  chosen.processors = {asking};
  Telemetry telemetry = init(std::move(chosen));
  std::thread other([] { record(); });
  EXPECT_TRUE(eventually([&] { return asking->is_inside.load(); }));
  const auto begin = steady_clock::now();
  telemetry.shutdown(20s);
  EXPECT_LT(steady_clock::now() - begin, 10s);
  other.join();
}

/// Holds spans of the name "stuck" until they are let go.
struct Holding final : SpanProcessor {
  void on_end(const SpanView& span) override {
    if (span.name() != "stuck") return;
    std::unique_lock lock(mutex);
    is_held = true;
    changed.notify_all();
    changed.wait_for(lock, 60s, [this] { return is_released; });
  }
  void wait_until_held() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 20s, [this] { return is_held; }));
  }
  void release() {
    const std::lock_guard lock(mutex);
    is_released = true;
    changed.notify_all();
  }
  std::mutex mutex{};
  std::condition_variable changed{};
  bool is_held = false;
  bool is_released = false;
};

/// A thread that ends a span and is held in that.
class StuckThread {
 public:
  explicit StuckThread(std::shared_ptr<Holding> holding)
      : holding_(std::move(holding)), thread_([] { record("stuck"); }) {
    holding_->wait_until_held();
  }
  StuckThread(const StuckThread&) = delete;
  StuckThread& operator=(const StuckThread&) = delete;
  ~StuckThread() { finish(); }
  void finish() {
    holding_->release();
    if (thread_.joinable()) thread_.join();
  }

 private:
  const std::shared_ptr<Holding> holding_;
  std::thread thread_;
};

/// Tells whether the telemetry that owns it is still there.
struct Ids final : IdGenerator {
  TraceId trace_id() override { return TraceId(TraceId::Bytes{1}); }
  SpanId span_id() override { return SpanId(SpanId::Bytes{1}); }
};

TEST(ShutdownWhileACallbackIsStuck, KeepsTheTelemetryThatItReads) {
  const auto holding = std::make_shared<Holding>();
  Options chosen = options(std::make_shared<RecordingExporter>());
  chosen.processors = {holding};
  chosen.id_generator = std::make_shared<Ids>();
  const std::weak_ptr<IdGenerator> of_the_telemetry = chosen.id_generator;
  std::optional<Telemetry> telemetry(init(std::move(chosen)));
  StuckThread stuck(holding);
  telemetry->shutdown(20ms);
  telemetry.reset();
  EXPECT_FALSE(of_the_telemetry.expired());
}

TEST(ShutdownWhileACallbackIsStuck, LeavesItsRecordOutOfTheNextLife) {
  const auto holding = std::make_shared<Holding>();
  Options chosen = options(std::make_shared<RecordingExporter>());
  chosen.processors = {holding};
  Telemetry telemetry = init(std::move(chosen));
  StuckThread stuck(holding);
  telemetry.shutdown(20ms);
  const auto memory = exporters::in_memory();
  Telemetry next = init(options(memory));
  std::vector<DetachedSpan> open;
  for (int i = 0; i < 100; ++i) open.push_back(kTracer.start_detached("next"));
  stuck.finish();
  for (DetachedSpan& span : open) span.end();
  next.force_flush(20s);
  EXPECT_EQ(memory->spans().size(), 100U);
  end_with_exact_account(next);
}

TEST(ShutdownWhileACallbackIsStuck, StillSendsWhatHasEnded) {
  const auto holding = std::make_shared<Holding>();
  const auto exporter = std::make_shared<RecordingExporter>();
  Options chosen = options(exporter);
  chosen.processors = {holding};
  Telemetry telemetry = init(std::move(chosen));
  for (int i = 0; i < 3; ++i) record();
  StuckThread stuck(holding);
  telemetry.shutdown(400ms);
  EXPECT_EQ(exporter->spans(), 3U);
}

struct EndingIt final : SpanProcessor {
  void on_end(const SpanView&) override { telemetry.reset(); }
  std::optional<Telemetry> telemetry{};
};

TEST(ShutdownInACallback, KeepsTheTelemetryThatGoesOnReading) {
  const auto ending = std::make_shared<EndingIt>();
  Options chosen = options(std::make_shared<RecordingExporter>());
  chosen.processors = {ending, std::make_shared<Holding>()};
  chosen.id_generator = std::make_shared<Ids>();
  const std::weak_ptr<IdGenerator> of_the_telemetry = chosen.id_generator;
  ending->telemetry = init(std::move(chosen));
  record();
  EXPECT_FALSE(of_the_telemetry.expired());
}

/// Ends as it is told to.
struct EndingSo final : SpanProcessor {
  explicit EndingSo(std::function<bool()> how) : at_shutdown(std::move(how)) {}
  bool shutdown(Deadline) override { return at_shutdown(); }
  const std::function<bool()> at_shutdown;
};

FlushResult result_of_shutdown(std::vector<std::function<bool()>> processors) {
  Options chosen = options(std::make_shared<RecordingExporter>());
  for (auto& one : processors) {
    chosen.processors.push_back(std::make_shared<EndingSo>(std::move(one)));
  }
  Telemetry telemetry = init(std::move(chosen));
  record();
  return telemetry.shutdown(20s);
}

TEST(ResultOfShutdown, IsThatOfItsProcessors) {
  EXPECT_EQ(result_of_shutdown({[] { return true; }}).status(), Status::success);
  EXPECT_EQ(result_of_shutdown({[] { return false; }}).status(), Status::failed);
}

TEST(ResultOfShutdown, IsFailedWhereOneOfSeveralProcessorsFails) {
  EXPECT_EQ(result_of_shutdown({[] { return false; }, [] { return true; }}).status(),
            Status::failed);
}

TEST(ResultOfShutdown, IsFailedWhereAProcessorThrows) {
  EXPECT_EQ(result_of_shutdown({[]() -> bool { throw 1; }}).status(), Status::failed);
}

TEST(ResultOfShutdown, IsFailedWhereASimpleProcessorsExporterFailsToEnd) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->shutdown_result = false;
  Telemetry telemetry = init({.processors = {processors::simple(exporter)}}, Components{});
  EXPECT_EQ(telemetry.shutdown(20s).status(), Status::failed);
}

// As a signal handler calls it, which may have interrupted anything.
TEST(FlushOnSignal, LeavesErrnoAlone) {
  const auto expect_left_alone = [](Telemetry& telemetry) {
    errno = 4711;
    telemetry.flush_on_signal();
    EXPECT_EQ(errno, 4711);
  };
  Telemetry telemetry = init(options(std::make_shared<RecordingExporter>()));
  expect_left_alone(telemetry);  // there is no worker yet
  record();
  for (int i = 0; i < 100; ++i) expect_left_alone(telemetry);  // it sleeps, or wakes up
  telemetry.shutdown(20s);
  expect_left_alone(telemetry);
}

TEST(LineAtShutdown, IsSaidWhateverWasSaidJustBefore) {
  const auto exporter = std::make_shared<RecordingExporter>();
  std::vector<std::string> lines;
  Options chosen = options(exporter);
  chosen.on_error = [&](const Error& error) { lines.push_back(error.what); };
  Telemetry telemetry = init(std::move(chosen));
  for (int i = 0; i < 20; ++i) {
    detail::error_reporter().report(ErrorCode::data_dropped, "flood " + std::to_string(i));
  }
  auto open = kTracer.start_detached("open");
  telemetry.shutdown(20s);
  ASSERT_FALSE(lines.empty());
  EXPECT_TRUE(lines.back().starts_with("1 of 1 spans were not delivered: shutdown 1"))
      << lines.back();
}

// The records, not the difference, say what was open: what is not in them was lost on the way.
TEST(AccountAfterShutdown, SaysWhatItHasLost) {
  Telemetry telemetry = init(options(std::make_shared<RecordingExporter>()));
  const DetachedSpan open = kTracer.start_detached("open");
  detail::thread_data()->account.started.add();  // a span of which nobody knows any more
  telemetry.shutdown(20s);
  EXPECT_EQ(telemetry.stats().dropped.shutdown, 1U);
  EXPECT_EQ(telemetry.stats().live, 1U);
  EXPECT_EQ(telemetry.audit().live, 0U);
}

}  // namespace
}  // namespace weft::testing
