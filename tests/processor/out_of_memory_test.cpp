// SPDX-License-Identifier: Apache-2.0
// No memory from any one allocation on: something is dropped, counted or not told, and the process
// goes on. In children, since what is not caught ends them.
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

#include "fork/in_child.hpp"
#include "processor/synchronous_exporter.hpp"
#include "propagators/counted_new.hpp"
#include "span/record.hpp"
#include "spool/killed.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using weft_test::NoMemoryAfter;

constexpr Tracer kTracer{"no memory"};
// More than any of the calls makes.
constexpr std::size_t kMostAllocations = 70;

void record() { auto span = kTracer.start("recorded", {{"n", 1}}); }

struct Failing final : SpanExporter {
  explicit Failing(bool how) : throws(how) {}
  ExportResult export_spans(const SpanBatch&) override {
    if (throws) throw std::runtime_error("a reason that is too long to be kept in place");
    return ExportResult::failure;
  }
  const bool throws;
};

struct ThrowingAtTheEnd final : SpanProcessor {
  bool shutdown(Deadline) override { throw std::runtime_error("at the end"); }
};

Options threadless(ExporterPtr exporter) {
  Options options{.exporters = {std::move(exporter)}, .on_error = [](const Error&) {}};
  options.batch.worker.none = true;
  return options;
}

Options threaded(ExporterPtr exporter) {
  Options options = threadless(std::move(exporter));
  options.batch.worker.none = false;
  options.batch.schedule_delay = 1h;
  return options;
}

/// With more to call, and to tell of, at the end.
Options ending_badly(Options options) {
  options.processors = {std::make_shared<ThrowingAtTheEnd>()};
  options.stats.on_stats = [](const Stats&) {};
  return options;
}

std::string uneven(const Telemetry& telemetry) {
  const Stats stats = telemetry.stats();
  WEFT_CHILD_EXPECT(stats.live == telemetry.audit().live);
  return {};
}

/// Empty: `body` came back wherever memory ended, and found nothing wrong.
std::string problem(const std::function<std::string(std::size_t)>& body) {
  for (std::size_t good = 0; good < kMostAllocations; ++good) {
    const std::string problem = problem_in_child([&] { return body(good); });
    if (!problem.empty()) return "after " + std::to_string(good) + " allocations: " + problem;
  }
  return {};
}

std::string flush_failing(bool throws) {
  return problem([throws](std::size_t good) -> std::string {
    Telemetry telemetry = init(threadless(std::make_shared<Failing>(throws)));
    record();
    {
      const NoMemoryAfter none(good);
      telemetry.force_flush(1s);
    }
    telemetry.force_flush(1s);
    WEFT_CHILD_EXPECT(telemetry.stats().dropped.retry_exhausted == 1);
    return uneven(telemetry);
  });
}

TEST(WithoutMemory, AnExporterMayThrow) { EXPECT_EQ(flush_failing(true), ""); }
TEST(WithoutMemory, AnExporterMayFail) { EXPECT_EQ(flush_failing(false), ""); }

TEST(WithoutMemory, ABatchIsAnsweredFor) {
  detail::SynchronousExporter adapter(exporters::in_memory());
  std::vector<detail::Outcome> outcomes;
  outcomes.reserve(1);
  const auto records = std::make_shared<const std::vector<detail::Record*>>(3);
  const auto done = [&](const detail::Outcome& outcome) { outcomes.push_back(outcome); };
  {
    detail::Completion completion = done;
    const NoMemoryAfter none(0);
    adapter.submit(detail::SharedBatch(records), std::move(completion));
  }
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].given_up, 3U);
  EXPECT_EQ(outcomes[0].reason, detail::GiveUp::retry_exhausted);
}

TEST(WithoutMemory, TheWorkerNeedNotStart) {
  EXPECT_EQ(problem([](std::size_t good) -> std::string {
              Telemetry telemetry = init(threaded(exporters::in_memory()));
              record();
              Telemetry(std::move(telemetry)).shutdown(1s);
              telemetry = init(threaded(exporters::in_memory()));
              {
                const NoMemoryAfter none(good);
                record();
              }
              telemetry.force_flush(5s);
              const Stats stats = telemetry.stats();
              WEFT_CHILD_EXPECT(stats.exported + stats.dropped.total() == stats.started);
              return uneven(telemetry);
            }),
            "");
}

TEST(WithoutMemory, ShutdownComesToItsEnd) {
  EXPECT_EQ(problem([](std::size_t good) -> std::string {
              Telemetry telemetry = init(ending_badly(threaded(exporters::in_memory())));
              record();
              const auto open = std::make_unique<DetachedSpan>(kTracer.start_detached("open"));
              {
                const NoMemoryAfter none(good);
                telemetry.shutdown(5s);
              }
              WEFT_CHILD_EXPECT(telemetry.stats().dropped.shutdown >= 1);
              WEFT_CHILD_EXPECT(telemetry.stats().live == 0);
              WEFT_CHILD_EXPECT(init(threadless(exporters::in_memory())));
              return {};
            }),
            "");
}

TEST(WithoutMemory, ShutdownWithoutThreadsComesToItsEnd) {
  EXPECT_EQ(problem([](std::size_t good) -> std::string {
              Telemetry telemetry = init(ending_badly(threadless(std::make_shared<Failing>(true))));
              record();
              {
                const NoMemoryAfter none(good);
                telemetry.shutdown(5s);
              }
              WEFT_CHILD_EXPECT(telemetry.stats().live == 0);
              WEFT_CHILD_EXPECT(init(threadless(exporters::in_memory())));
              return {};
            }),
            "");
}

TEST(WithoutMemory, RecoveryGoesOnOrLeavesTheFile) {
  EXPECT_EQ(problem([](std::size_t good) -> std::string {
              const SpoolFolder folder;
              run_and_kill(folder.path(), record);
              Options options = threadless(exporters::in_memory());
              options.spool_dir = folder.path();
              Telemetry telemetry = init(std::move(options));
              {
                const NoMemoryAfter none(good);
                telemetry.force_flush(5s);
              }
              telemetry.force_flush(5s);
              const std::size_t files = folder.files().size();
              WEFT_CHILD_EXPECT(telemetry.stats().recovered + files == 2);
              return {};
            }),
            "");
}

const AttributeValue kText(std::string(100, 'x'));
const AttributeValue kMap{{"list", {"of", "texts"}}, {"text", kText}};

std::string copy(std::size_t good, const std::function<void()>& copying) {
  try {
    const NoMemoryAfter none(good);
    copying();
  } catch (const std::bad_alloc&) {
  }
  return {};
}

// What libstdc++ 12 took for a whole value jumped to a wild address when it was destroyed.
TEST(WithoutMemory, AValueThatCannotBeCopiedThrows) {
  EXPECT_EQ(problem([](std::size_t good) {
              return copy(good, [] {
                const AttributeValue text(kText);
                const AttributeValue map(kMap);
              });
            }),
            "");
}

TEST(WithoutMemory, AValueThatCannotBeAssignedThrowsAndStaysAValue) {
  EXPECT_EQ(problem([](std::size_t good) -> std::string {
              AttributeValue other(true);
              AttributeValue same{{"list", {"of", "texts"}}};
              copy(good, [&] {
                other = kText;
                same = kMap;
              });
              WEFT_CHILD_EXPECT(other == true || other == kText);
              WEFT_CHILD_EXPECT(std::holds_alternative<AttributeValue::Map>(same));
              return {};
            }),
            "");
}

TEST(WithoutMemory, AForkedChildGoesOnOrDoesNotRecord) {
  Telemetry telemetry = init(threaded(exporters::in_memory()));
  record();
  EXPECT_EQ(problem_in_child([]() -> std::string {
              {
                const NoMemoryAfter none(0);
                record();
              }
              record();
              return {};
            }),
            "");
}

}  // namespace
}  // namespace weft::testing
