// SPDX-License-Identifier: Apache-2.0
// A fork while another thread shuts down, or is inside on_error: the child goes by its own life.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>

#include "fork/in_child.hpp"
#include "support/gate.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr Tracer kTracer{"fork"};

void record() { auto span = kTracer.start("recorded"); }

struct Stuck final : SpanExporter {
  explicit Stuck(GatePtr where) : gate(std::move(where)) {}
  ExportResult export_spans(const SpanBatch&) override {
    gate->pass();
    return ExportResult::success;
  }
  GatePtr gate;
};

struct Ending final : SpanProcessor {
  explicit Ending(GatePtr where) : gate(std::move(where)) {}
  bool shutdown(Deadline) override {
    gate->pass();
    return true;
  }
  GatePtr gate;
};

// What a child may do with what it inherited: harmless, and soon over.
std::string lives_on(Telemetry& telemetry) {
  alarm(20);
  const auto begin = steady_clock::now();
  record();
  telemetry.force_flush(10s);
  active_telemetry().force_flush(10s);
  telemetry.run_once();
  telemetry.flush_on_signal();
  WEFT_CHILD_EXPECT(telemetry.stats().started == 0 || telemetry.stats().live == 0);
  telemetry.shutdown(10s);
  WEFT_CHILD_EXPECT(!kTracer.start("after").is_recording());
  WEFT_CHILD_EXPECT(steady_clock::now() - begin < 5s);
  return {};
}

std::string begins_anew() {
  alarm(20);
  const auto memory = exporters::in_memory();
  Telemetry own = init({.exporters = {memory}});
  WEFT_CHILD_EXPECT(bool(own));
  record();
  WEFT_CHILD_EXPECT(bool(own.shutdown(10s)));
  WEFT_CHILD_EXPECT(memory->spans().size() == 1);
  return {};
}

/// Where the parent's shutdown is at the fork.
struct Place {
  const char* name;
  std::function<Options(const GatePtr&)> options;
};
void PrintTo(const Place& place, std::ostream* out) { *out << place.name; }

const Place kPlaces[] = {
    {"AnExporter",
     [](const GatePtr& gate) -> Options {
       return {.exporters = {std::make_shared<Stuck>(gate)}, .on_error = [](const Error&) {}};
     }},
    {"AProcessor",
     [](const GatePtr& gate) -> Options {
       return {.exporters = {exporters::in_memory()},
               .processors = {std::make_shared<Ending>(gate)}};
     }},
    {"OnError",
     [](const GatePtr& gate) -> Options {
       return {.exporters = {exporters::in_memory()},
               .on_error = [gate](const Error&) { gate->pass(); }};
     }},
    {"OnStats",
     [](const GatePtr& gate) -> Options {
       return {.exporters = {exporters::in_memory()},
               .on_error = [](const Error&) {},
               .stats = {.on_stats = [gate](const Stats&) { gate->pass(); }}};
     }},
};

class ForkWhileShutdownIsIn : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    telemetry = init(GetParam().options(gate));
    open.emplace(kTracer.start_detached("lost"));
    record();
    ending = std::thread([this] { telemetry.shutdown(20s); });
    EXPECT_TRUE(gate->wait_for_one());
  }
  void TearDown() override {
    gate->open();
    ending.join();
  }
  const GatePtr gate = std::make_shared<Gate>();
  Telemetry telemetry;
  std::optional<DetachedSpan> open;
  std::thread ending;
};

TEST_P(ForkWhileShutdownIsIn, LeavesTheChildWithWhatDoesNothing) {
  EXPECT_EQ("", problem_in_child([&] { return lives_on(telemetry); }));
}

TEST_P(ForkWhileShutdownIsIn, LetsTheChildInitAnew) {
  EXPECT_EQ("", problem_in_child([&] { return begins_anew(); }));
}

TEST_P(ForkWhileShutdownIsIn, LetsTheChildExit) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    // Before anybody looks for leaks: what the other threads' stacks referred to is one here.
    std::atexit([] { _exit(7); });
    static Telemetry inherited = std::move(telemetry);  // ends in `exit`, before that
    std::exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

INSTANTIATE_TEST_SUITE_P(A, ForkWhileShutdownIsIn, ::testing::ValuesIn(kPlaces),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(ForkAtAnyInstantOfAShutdown, HarmsNoChild) {
  const int forks = std::getenv("WEFT_LONG") != nullptr ? 10'000 : 300;
  std::atomic<bool> is_over{false};
  std::thread lives([&] {
    while (!is_over) {
      Telemetry telemetry =
          init({.exporters = {exporters::in_memory()}, .on_error = [](const Error&) {}});
      auto lost = kTracer.start_detached("lost");
      record();
      telemetry.shutdown(10s);
    }
  });
  std::string problems;
  for (int i = 0; i < forks && problems.empty(); ++i) {
    problems += problem_in_child([&] {
      Telemetry inherited = active_telemetry();
      const std::string problem = lives_on(inherited);
      return problem.empty() ? begins_anew() : problem;
    });
  }
  is_over = true;
  lives.join();
  EXPECT_EQ(problems, "");
}

// In the child nobody is inside it.
TEST(ForkWhileAThreadIsInOnError, DoesNotHoldUpTheChildsShutdown) {
  const auto gate = std::make_shared<Gate>();
  Telemetry telemetry = init(
      {.exporters = {exporters::in_memory()}, .on_error = [gate](const Error&) { gate->pass(); }});
  std::thread inside([] { processors::simple(nullptr); });  // tells that it does nothing
  EXPECT_TRUE(gate->wait_for_one());
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              alarm(20);
              record();
              const auto begin = steady_clock::now();
              WEFT_CHILD_EXPECT(bool(telemetry.shutdown(10s)));
              WEFT_CHILD_EXPECT(steady_clock::now() - begin < 5s);
              return {};
            }));
  gate->open();
  inside.join();
}

}  // namespace
}  // namespace weft::testing
