// SPDX-License-Identifier: Apache-2.0
// A fork while a thread is inside the exporter of processors::simple, which in the child it is not.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "fork/in_child.hpp"
#include "support/gate.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr Tracer kTracer{"fork"};

void record(const char* name) { auto span = kTracer.start(name); }

/// Does with a span of that name what the test wants; takes all others.
struct Doing final : SpanExporter {
  ExportResult export_spans(const SpanBatch& batch) override {
    if ((*batch.begin()).name() == "special") return special();
    ++exported;
    return ExportResult::success;
  }
  std::function<ExportResult()> special{};
  std::atomic<int> exported{0};
};

struct ForkInsideASimpleExporter : ::testing::Test {
  const GatePtr gate = std::make_shared<Gate>();
  const std::shared_ptr<Doing> exporter = std::make_shared<Doing>();
  Telemetry telemetry = init({.processors = {processors::simple(exporter)}}, Components{});
  std::thread inside;
  std::thread waiting;

  void be_inside() {
    exporter->special = [this] {
      gate->pass();
      return ExportResult::success;
    };
    inside = std::thread([] { record("special"); });
    EXPECT_TRUE(gate->wait_for_one());
    waiting = std::thread([] { record("waits for its turn"); });
    std::this_thread::sleep_for(10ms);  // more likely than not it waits
  }
  void TearDown() override {
    gate->open();
    if (inside.joinable()) inside.join();
    if (waiting.joinable()) waiting.join();
  }
};

TEST_F(ForkInsideASimpleExporter, LeavesItFreeInTheChild) {
  be_inside();
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              alarm(20);
              record("child");
              WEFT_CHILD_EXPECT(exporter->exported == 1);
              WEFT_CHILD_EXPECT(telemetry.stats().exported == 1);
              return {};
            }));
}

TEST_F(ForkInsideASimpleExporter, DoesNotHoldUpTheChildsEnd) {
  be_inside();
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              alarm(20);
              record("child");
              const auto begin = steady_clock::now();
              WEFT_CHILD_EXPECT(bool(telemetry.force_flush(10s)));
              WEFT_CHILD_EXPECT(bool(telemetry.shutdown(10s)));
              WEFT_CHILD_EXPECT(steady_clock::now() - begin < 5s);
              return {};
            }));
}

TEST_F(ForkInsideASimpleExporter, ChangesNothingForTheParent) {
  be_inside();
  problem_in_child([] { return std::string(); });
  gate->open();
  inside.join();
  waiting.join();
  record("parent's");
  EXPECT_EQ(telemetry.stats().exported, 3U);
}

// The exporter goes on in the child, too, and has not returned there.
TEST_F(ForkInsideASimpleExporter, ByTheExporterItselfLeavesItInside) {
  std::string problem = "it was not called";
  exporter->special = [&] {
    problem = problem_in_child([&]() -> std::string {
      alarm(20);
      record("child");
      WEFT_CHILD_EXPECT(exporter->exported == 0);
      return {};
    });
    return ExportResult::success;
  };
  record("special");
  EXPECT_EQ(problem, "");
  EXPECT_EQ(telemetry.stats().exported, 1U);
}

TEST_F(ForkInsideASimpleExporter, ByTheExporterItselfEndsWhenItReturnsInTheChild) {
  pid_t child = -1;
  exporter->special = [&] {
    child = fork();
    if (child == 0) alarm(20);
    return ExportResult::success;
  };
  record("special");
  if (child == 0) {
    record("child");
    _exit(exporter->exported == 1 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(ForkInsideASimpleExporter, ByTheExporterItselfMakesTheChildsOtherThreadsWait) {
  pid_t child = -1;
  int meanwhile = -1;
  std::thread other;
  exporter->special = [&] {
    child = fork();
    if (child != 0) return ExportResult::success;
    alarm(20);
    other = std::thread([] { record("child"); });  // the child's first
    std::this_thread::sleep_for(100ms);            // it would be inside by now
    meanwhile = exporter->exported;
    return ExportResult::success;
  };
  record("special");
  if (child == 0) {
    other.join();
    _exit(meanwhile == 0 && exporter->exported == 1 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace weft::testing
