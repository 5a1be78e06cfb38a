// SPDX-License-Identifier: Apache-2.0
// What on_error is told of threads and recovery: no lock is held, so it may call back.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <weft/weft.hpp>

#include "fork/in_child.hpp"
#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "spool/killed.hpp"
#include "support/no_threads.hpp"

namespace weft::testing {
namespace {

using std::chrono::steady_clock;

constexpr Tracer kTracer{"told"};

void record() { auto span = kTracer.start("recorded"); }

struct Way {
  const char* of;  // what on_error is told of
  std::function<void()> on_error;
  std::function<void(Telemetry&)> cause;
  Options options{};
};

/// Empty: on_error was told of it, and all returned soon. In a child, since what has locked itself
/// out never ends.
std::string problem(Way way) {
  return problem_in_child([&]() -> std::string {
    alarm(20);
    std::atomic<bool> is_told{false};
    way.options.exporters = {std::make_shared<RecordingExporter>()};
    way.options.batch.schedule_delay = std::chrono::hours(1);
    way.options.on_error = [&](const Error& error) {
      is_told = is_told || error.what.find(way.of) != std::string::npos;
      way.on_error();
    };
    Telemetry telemetry = init(std::move(way.options));
    const auto begin = steady_clock::now();
    way.cause(telemetry);
    WEFT_CHILD_EXPECT(is_told.load());
    WEFT_CHILD_EXPECT(steady_clock::now() - begin < 10s);
    return {};
  });
}

void flush() { active_telemetry().force_flush(19s); }
void shut_down() { active_telemetry().shutdown(19s); }

// The worker's thread is wanted by the first span, an exporter's by its first batch.

void span_without_threads(Telemetry& /*telemetry*/) {
  const NoThreads none;
  record();
}

void batch_without_threads(Telemetry& telemetry) {
  record();
  const NoThreads none;
  telemetry.force_flush(19s);
}

TEST(ToldOutsideLocks, OnErrorMayFlushWhereTheWorkerGetsNoThread) {
  EXPECT_EQ("", problem({"'weft", flush, span_without_threads}));
}

TEST(ToldOutsideLocks, OnErrorMayShutDownWhereTheWorkerGetsNoThread) {
  EXPECT_EQ("", problem({"'weft", shut_down, span_without_threads}));
}

TEST(ToldOutsideLocks, OnErrorMayFlushWhereAnExporterGetsNoThread) {
  EXPECT_EQ("", problem({"-1'", flush, batch_without_threads}));
}

TEST(ToldOutsideLocks, OnErrorMayShutDownWhereAnExporterGetsNoThread) {
  EXPECT_EQ("", problem({"-1'", shut_down, batch_without_threads}));
}

// Recovery tells of a damaged file when it has come to its end.

struct ToldByRecovery : ::testing::Test {
  const SpoolFolder folder;
  std::string problem_where(void (*on_error)(), bool has_threads) {
    std::ofstream(folder.path() / "1-1.weft") << "what is this";
    Way way{"damaged", on_error, [](Telemetry& telemetry) { telemetry.force_flush(19s); }};
    way.options.spool_dir = folder.path();
    way.options.batch.worker.none = !has_threads;
    return problem(std::move(way));
  }
};

TEST_F(ToldByRecovery, OnErrorMayFlushWhereThereAreNoThreads) {
  EXPECT_EQ("", problem_where(flush, false));
}

TEST_F(ToldByRecovery, OnErrorMayFlushOnItsThread) { EXPECT_EQ("", problem_where(flush, true)); }

TEST_F(ToldByRecovery, OnErrorMayShutDownWhereThereAreNoThreads) {
  EXPECT_EQ("", problem_where(shut_down, false));
}

TEST_F(ToldByRecovery, AFlushReturnsWhenOnErrorWasTold) {
  EXPECT_EQ("", problem_where([] { std::this_thread::sleep_for(50ms); }, true));
}

}  // namespace
}  // namespace weft::testing
